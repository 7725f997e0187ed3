import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import * as sinon from "sinon";
import type * as functions from "../../../examples/inline-function/functions";
import type * as program from "../../../examples/inline-function/index";
import { known, load } from "./running";

/** Loaded only after the mocks are set, because it creates its resources on import. */
const EXAMPLE = "../../../examples/inline-function";

describe("examples/inline-function", function () {
  this.timeout(60_000);

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

  it("counts a visit and shows the page, and its bundle can be loaded", async () => {
    const send = sinon.stub(DynamoDBDocumentClient.prototype, "send").resolves({ Attributes: { visits: 7 } });
    const { url } = require(`${EXAMPLE}/index`) as Pick<typeof program, "url">;
    await known(url);
    const { resetCount, visit } = require(`${EXAMPLE}/functions`) as Pick<typeof functions, "resetCount" | "visit">;
    const page = await visit.callbackFactory()({} as never, {} as never);
    expect(page).to.include({ statusCode: 200 }).and.to.have.property("body").that.includes("You are visitor 7.");
    expect(send.callCount).to.equal(1);
    await known(pulumi.all([visit.function.urn, resetCount.function.urn]));
    const { file } = await known(visit.bundle);
    expect(load(file)).to.be.a("function");
    expect(made.filter(({ type }) => type === "aws:lambda/function:Function")).to.have.length(2);
  });
});
