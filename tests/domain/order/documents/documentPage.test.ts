import { expect } from "chai";
import { dateOf, toDocumentPage } from "../../../../domain/order/documents/documentPage";

const page = toDocumentPage({
  store: "Tea & Co",
  title: "Invoice <1>",
  facts: [["Order", "A1"]],
  shipping: { name: "<b>Ann</b>", street: "Main Street 1", city: "Town", postalCode: "12345", country: "US" },
  caption: "Ordered",
  first: "Item",
  rows: [["Kettle", 2, "€1.00", "€2.00"]],
  sums: ["<tr><td>sum</td></tr>"],
});

describe("toDocumentPage", () => {
  it("escapes the texts of store, title and customer", () => {
    expect(page).to.include("<h1>Invoice &lt;1&gt;</h1>").and.to.include("<p>Tea &amp; Co</p>");
    expect(page).to.include("&lt;b&gt;Ann&lt;/b&gt;<br>Main Street 1").and.to.not.include("<b>");
  });

  it("loads nothing and runs no script", () => {
    expect(page)
      .to.include("default-src 'none'")
      .and.to.not.match(/<script|src="|href=/);
  });

  it("names each row by its first cell", () => {
    expect(page.replaceAll(/>\s+</g, "><")).to.include(
      '<tr><th scope="row">Kettle</th><td>2</td><td>€1.00</td><td>€2.00</td></tr>',
    );
  });

  it("leaves out a part of the address that there is not", () => {
    expect(page).to.include("12345 Town<br>US");
  });
});

describe("dateOf", () => {
  it("returns the UTC day", () => {
    expect(dateOf("2026-03-01T23:59:59.999Z")).to.equal("2026-03-01");
  });
});
