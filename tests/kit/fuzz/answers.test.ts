import { expect } from "chai";
import type { OpenApiDocument } from "../../../domain/http/openapi";
import { orderApi } from "../../../domain/order/api/openapi";
import { type Answer, answerCheck } from "./answers";
import { FORGED_ARN, type FuzzRequest } from "./requests";

describe("answerCheck", () => {
  const check = answerCheck(orderApi as unknown as OpenApiDocument);
  const order = "0123456789ABCDEFGHJKMNPQRS";
  const request: FuzzRequest = {
    operationId: "getOrder",
    method: "GET",
    path: `/api/orders/${order}`,
    headers: {},
    caller: "customer",
    address: 0,
  };
  const problem = { type: "/problems/x", title: "X", status: 404, detail: "There is none." };
  const answer = (status: number, body: unknown, contentType = "application/problem+json"): Answer => ({
    status,
    contentType,
    text: typeof body === "string" ? body : JSON.stringify(body),
  });

  it("accepts a documented answer, and API Gateway's own refusals", () => {
    expect(check(request, answer(404, problem))).to.deep.equal([]);
    expect(check(request, answer(401, '{"message":"Unauthorized"}', "application/json"))).to.deep.equal([]);
  });

  it("accepts that units are on their way from an operation that takes units", () => {
    const moving = answer(503, { ...problem, type: "/problems/stock-moving", status: 503 });
    const placing = { ...request, operationId: "placeOrder", method: "POST", path: "/api/orders" };
    expect(check(placing, moving)).to.deep.equal([]);
    expect(check(request, moving).join()).to.match(/the status is 503/);
  });

  const wrong: [string, Answer, RegExp][] = [
    ["5xx", answer(500, problem), /the status is 500/],
    ["an undocumented status", answer(418, problem), /getOrder has no answer 418/],
    ["another media type", answer(404, problem, "text/plain"), /the media type is "text\/plain"/],
    ["a body without a required property", answer(404, { title: "X" }), /not as documented: .*required property/],
    ["a stack trace", answer(404, { ...problem, detail: "at read (/var/task/index.js:1:2)" }), /a stack trace/],
    ["an ARN", answer(404, { ...problem, detail: "arn:aws:dynamodb:x" }), /an ARN/],
  ];
  for (const [what, answered, fault] of wrong) {
    it(`reports ${what}`, () => expect(check(request, answered).join()).to.match(fault));
  }

  it("allows internals that the request itself names", () => {
    const named = { ...request, path: `${request.path}?a=arn%3Aaws%3Aiam%3A%3A1` };
    expect(check(named, answer(404, { ...problem, detail: "No arn:aws:iam::1." }))).to.deep.equal([]);
  });

  it("allows the ARN of an earlier request, which the store has kept as a text", () => {
    for (const text of [FORGED_ARN, FORGED_ARN.replace(/\d+/, "-Infinity")])
      expect(check(request, answer(404, { ...problem, detail: `To ${text}` }))).to.deep.equal([]);
  });

  it("reports an accepted request that is not in the document", () => {
    const unknown = { ...request, method: "PATCH" };
    expect(check(unknown, answer(200, {})).join()).to.match(/is not in the document/);
  });
});
