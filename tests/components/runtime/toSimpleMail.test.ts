import { expect } from "chai";
import { toSimpleMail } from "../../../components/runtime/toSimpleMail";

describe("toSimpleMail", () => {
  const data = (Data: string) => ({ Data, Charset: "UTF-8" });

  it("has HTML only if the mail has it", () => {
    expect(toSimpleMail({ subject: "Ö", text: "ä" })).to.deep.equal({ Subject: data("Ö"), Body: { Text: data("ä") } });
    expect(toSimpleMail({ subject: "Ö", text: "ä", html: "" }).Body).to.deep.equal({ Text: data("ä"), Html: data("") });
  });
});
