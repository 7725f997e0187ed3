import { expect } from "chai";
import { CodeStore } from "../../../../components/authLayer/handlers/codeStore";
import { SIGN_IN_CODE } from "../../../../domain/auth";
import { FakeTable, fakeHash } from "../../../kit/authFakes";

const CHALLENGE = "abcdefghijklmnopqrstuv";

const NOW = Date.parse("2026-11-22T12:00:00.000Z");

function wrong(code: string): string {
  return code === "00000000" ? "11111111" : "00000000";
}

describe("CodeStore", () => {
  let table: FakeTable;
  let codes: CodeStore;
  let code: string;

  beforeEach(async () => {
    table = new FakeTable(["id"]);
    codes = new CodeStore(table.client, "codes", fakeHash);
    code = (await codes.make(CHALLENGE, "ada", NOW))!;
  });

  const use = (answer: string, sub = "ada", now = NOW) => codes.use({ challengeId: CHALLENGE, code: answer }, sub, now);

  it("makes codes of eight digits and stores none in clear text", () => {
    expect(code).to.match(/^\d{8}$/);
    expect(JSON.stringify([...table.items])).not.to.include(code);
  });

  it("accepts a code once", async () => {
    expect(await use(code)).to.equal(true);
    expect(await use(code)).to.equal(false);
  });

  it("accepts a code once if it is entered twice concurrently", async () => {
    expect((await Promise.all([use(code), use(code)])).filter(Boolean)).to.have.length(1);
  });

  it("refuses a code after three wrong attempts", async () => {
    for (let tries = 0; tries < SIGN_IN_CODE.attempts; tries++) expect(await use(wrong(code))).to.equal(false);
    expect(await use(code)).to.equal(false);
  });

  it("refuses a code after five minutes", async () => {
    expect(await use(code, "ada", NOW + SIGN_IN_CODE.goodForSeconds * 1000)).to.equal(false);
    expect(await use(code, "ada", NOW + (SIGN_IN_CODE.goodForSeconds - 1) * 1000)).to.equal(true);
  });

  it("refuses a code for another account, without counting an attempt", async () => {
    for (let tries = 0; tries < 5; tries++) expect(await use(code, "eve")).to.equal(false);
    expect(await use(code)).to.equal(true);
  });

  it("makes one code for a request that is delivered twice", async () => {
    expect(await codes.make(CHALLENGE, "ada", NOW)).to.equal(undefined);
  });

  it("limits the mails to one person and to all persons", async () => {
    expect(await codes.mayMail("p", 2, NOW)).to.equal(true);
    expect(await codes.mayMail("p", 2, NOW + 1_000), "too soon").to.equal(false);
    expect(await codes.mayMail("q", 2, NOW)).to.equal(true);
    expect(await codes.mayMail("r", 2, NOW), "the hour is full").to.equal(false);
    expect(await codes.mayMail("r", 2, NOW + 3600_000)).to.equal(true);
  });

  it("remembers a begun replacement for a day, until it is done", async () => {
    expect(await codes.isReplacing("p", NOW)).to.equal(false);
    await codes.noteReplacement("p", "begun", NOW);
    expect(await codes.isReplacing("p", NOW + 23 * 3600_000)).to.equal(true);
    expect(await codes.isReplacing("p", NOW + 24 * 3600_000)).to.equal(false);
    expect(await codes.isReplacing("q", NOW)).to.equal(false);
    await codes.noteReplacement("p", "done", NOW + 1_000);
    expect(await codes.isReplacing("p", NOW + 1_000)).to.equal(false);
  });
});
