import { expect } from "chai";
import { renderAddress } from "../../../kit/renderFake";
import { register } from "../../../kit/searchServiceStand";

describe("The function that renders pages", function () {
  this.timeout(120_000);

  it("renders pages by a function that may only search and read products, updated after the storefront's files", async () => {
    const { of, one, resources } = await register({ pages: { render: renderAddress, build: "build-1" } });
    const settings = of("Function").find(({ name }) => name === "catalogue-pages-function")!.inputs["environment"];
    expect(settings).to.have.nested.include({ "variables.SITE_BUILD": "build-1" });
    const { Statement: admitted } = JSON.parse(String(one("DomainPolicy")["accessPolicies"]));
    const [search, pages] = ["search", "pages"].map((name) =>
      admitted.find(({ Principal }: { Principal: { AWS: string } }) =>
        Principal.AWS.endsWith(`catalogue-${name}-role`),
      ),
    );
    expect(pages).to.deep.include({ Action: search.Action, Resource: search.Resource });
    const grants = (name: string) => {
      const found = resources.find((resource) => resource.name === `catalogue-${name}-grants`)!;
      return JSON.parse(String(found.inputs["policy"])).Statement;
    };
    const ownLog = JSON.parse(JSON.stringify(grants("pages")).replace("catalogue-pages-log", "catalogue-search-log"));
    expect(ownLog).to.deep.equal(grants("search"));
    const open = of("Route").filter(({ inputs }) => inputs["authorizationType"] === "NONE");
    expect(open.map(({ inputs }) => inputs["routeKey"])).to.include.members([
      "GET /index.html",
      "HEAD /index.html",
      "GET /sitemap.xml",
      "HEAD /sitemap.xml",
    ]);
  });
});
