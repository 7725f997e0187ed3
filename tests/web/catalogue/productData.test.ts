import { expect } from "chai";
import { toProductData } from "../../../web/src/catalogue/productData";
import { product } from "../../kit/searchFakes";

describe("toProductData", () => {
  const kettle = product("kettle", { name: "Kettle", image: "/media/kettle.jpg" });

  it("describes product, offer and breadcrumbs with absolute addresses", () => {
    const [described, crumbs] = toProductData(kettle, "https://shop.example") as Record<string, unknown>[];
    expect(described).to.deep.include({
      "@type": "Product",
      sku: "kettle",
      url: "https://shop.example/products/kettle",
      image: "https://shop.example/media/kettle.jpg",
    });
    expect(described!["offers"]).to.deep.include({
      price: "19.90",
      priceCurrency: "USD",
      availability: "https://schema.org/InStock",
    });
    expect(JSON.stringify(crumbs)).to.contain("https://shop.example/?category=Kitchen");
  });

  it("names what cannot be bought", () => {
    const availability = (one: typeof kettle & { stock?: { soldOut: boolean } }) =>
      (toProductData(one, "https://shop.example")[0] as { offers: { availability: string } }).offers.availability;
    expect(availability({ ...kettle, stock: { soldOut: true } })).to.equal("https://schema.org/OutOfStock");
    expect(availability({ ...kettle, availability: "discontinued" })).to.equal("https://schema.org/Discontinued");
  });
});
