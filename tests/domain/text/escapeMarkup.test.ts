import { expect } from "chai";
import { escapeMarkup } from "../../../domain/text/escapeMarkup";

describe("escapeMarkup", () => {
  it("escapes what ends a text or a quoted attribute", () => {
    expect(escapeMarkup(`<a href="x">'&'</a>`)).to.equal("&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;&lt;/a&gt;");
  });
});
