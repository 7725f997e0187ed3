import { expect } from "chai";
import { answerUnknownRoutes } from "../../../components/runtime/unknownRoute";

describe("answerUnknownRoutes", () => {
  const answer = answerUnknownRoutes(async ({ routeKey }: { routeKey: string }) => ({
    statusCode: 200,
    body: routeKey,
  }));

  it("answers the default route with a 404 problem document that no cache keeps", async () => {
    const response = await answer({ routeKey: "$default" });

    expect(response.statusCode).to.equal(404);
    expect(response.headers).to.include({ "content-type": "application/problem+json", "cache-control": "no-store" });
    expect(JSON.parse(String(response.body))).to.include({ status: 404, title: "No such route" });
  });

  it("passes every other route on", async () => {
    expect(await answer({ routeKey: "GET /api/orders" })).to.deep.equal({ statusCode: 200, body: "GET /api/orders" });
  });
});
