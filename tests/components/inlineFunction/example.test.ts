import { SQSClient } from "@aws-sdk/client-sqs";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import * as sinon from "sinon";
import type * as functions from "../../../examples/inline-function/functions";
import type * as program from "../../../examples/inline-function/index";
import { known, load } from "../../kit/bundles";

/** Loaded only after the mocks are set, because it creates its resources on import. */
const EXAMPLE = "../../../examples/inline-function";

describe("examples/inline-function", function () {
  this.timeout(120_000);

  const made: { type: string; name: string; inputs: Record<string, unknown> }[] = [];

  before(async () => {
    await pulumi.runtime.setMocks(
      {
        newResource: (resource) => {
          made.push(resource);
          return {
            id: `${resource.name}-id`,
            state: { ...resource.inputs, arn: `arn:${resource.name}`, name: resource.name },
          };
        },
        call: ({ inputs }) => inputs,
      },
      "example",
      "dev",
    );
  });

  afterEach(() => sinon.restore());

  it("queues a visit and shows the page, and its bundle can be loaded", async () => {
    const send = sinon.stub(DynamoDBDocumentClient.prototype, "send").resolves({ Item: { visits: 7 } });
    const queued = sinon.stub(SQSClient.prototype, "send").resolves({});
    const { url } = require(`${EXAMPLE}/index`) as Pick<typeof program, "url">;
    await known(url);
    const { count, resetCount, visit } = require(`${EXAMPLE}/functions`) as typeof functions;
    const page = await visit.callbackFactory()({ requestContext: { requestId: "1" } } as never, {} as never);
    expect(page).to.include({ statusCode: 200 }).and.to.have.property("body").that.includes("Visitors before you: 7.");
    expect(send.callCount).to.equal(1);
    expect(queued.callCount).to.equal(1);
    await known(pulumi.all([visit.function.urn, count.function.urn, resetCount.function.urn]));
    const { file } = await known(visit.bundle);
    expect(load(file)).to.be.a("function");
    expect(made.filter(({ type }) => type === "aws:lambda/function:Function")).to.have.length(3);
  });
});
