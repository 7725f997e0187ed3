import { expect } from "chai";
import { refuseUnlessMerchandiser } from "../../../components/runtime/refuseUnlessMerchandiser";

describe("refuseUnlessMerchandiser", () => {
  const by = (groups: string) => ({ requestContext: { authorizer: { lambda: { groups } } } });

  it("admits members of the group", () => {
    expect(refuseUnlessMerchandiser(by("customers merchandisers"), "see orders")).to.equal(undefined);
  });

  it("refuses others, and states what only members may do", () => {
    const refused = refuseUnlessMerchandiser(by("customers"), "see orders");
    expect(refused?.statusCode).to.equal(403);
    expect(JSON.parse(refused?.body ?? "")).to.include({
      title: "Not a merchandiser",
      detail: "Only members of the group merchandisers may see orders. Join the group and sign in again.",
    });
  });
});
