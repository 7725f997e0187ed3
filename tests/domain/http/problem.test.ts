import { expect } from "chai";
import { internalError, json, noSuchRoute, problem } from "../../../domain/http/problem";

const bodyOf = ({ body }: { body?: string | undefined }) => JSON.parse(body ?? "") as Record<string, unknown>;

describe("problem", () => {
  it("is a problem document that no cache keeps, typed by its title", () => {
    const answer = problem(404, { title: "Order not found!", detail: "Check the id." }, { "retry-after": "1" });
    expect(answer).to.deep.include({
      statusCode: 404,
      headers: {
        "content-type": "application/problem+json",
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
        "retry-after": "1",
      },
    });
    expect(bodyOf(answer)).to.deep.equal({
      type: "/problems/order-not-found",
      title: "Order not found!",
      status: 404,
      detail: "Check the id.",
    });
  });

  it("takes another type, and further members", () => {
    const answer = problem(409, { title: "Prices changed", detail: "Confirm.", type: "total", newTotal: 5 });
    expect(bodyOf(answer)).to.include({ type: "/problems/total", newTotal: 5 });
  });
});

describe("json", () => {
  it("forbids caches unless the caller allows them", () => {
    expect(json(200, { a: 1 })).to.nested.include({ "headers.cache-control": "no-store", body: '{"a":1}' });
    const cached = json(200, {}, { "cache-control": "max-age=60" });
    expect(cached.headers).to.include({ "cache-control": "max-age=60", "content-type": "application/json" });
  });
});

describe("noSuchRoute", () => {
  it("answers 404", () => {
    expect(bodyOf(noSuchRoute())).to.include({ status: 404, type: "/problems/no-such-route" });
  });
});

describe("internalError", () => {
  it("gives the request id and no other details", () => {
    const answer = internalError("req-1");
    expect(answer).to.nested.include({ statusCode: 500, "headers.retry-after": "2" });
    const body = bodyOf(answer);
    expect(body).to.have.all.keys("type", "title", "status", "detail", "requestId");
    expect(body["requestId"]).to.equal("req-1");
  });
});
