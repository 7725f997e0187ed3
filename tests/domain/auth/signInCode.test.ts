import { expect } from "chai";
import fc from "fast-check";
import {
  composeCodeMail,
  countMail,
  decodeAnswer,
  encodeAnswer,
  type Mailed,
  SIGN_IN_CODE,
} from "../../../domain/auth";

const START = Date.parse("2026-11-22T12:00:00.000Z");
const at = (seconds: number) => new Date(START + seconds * 1000).toISOString();

describe("sign-in codes", () => {
  it("are mailed at most five times an hour to one address, with pauses", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 600 }), { maxLength: 40 }), (pauses) => {
        let mailed: Mailed | undefined;
        let now = 0;
        const sent: number[] = [];
        for (const pause of pauses) {
          now += pause;
          const next = countMail(mailed, at(now));
          if (!next) continue;
          sent.push(now);
          mailed = next;
        }
        for (const [index, time] of sent.entries()) {
          const before = sent[index - 1];
          if (before !== undefined) expect(time - before).to.be.at.least(SIGN_IN_CODE.secondsBetweenMails);
        }
        expect(mailed?.count ?? 0).to.be.at.most(SIGN_IN_CODE.mailsAnHour);
      }),
    );
  });

  it("are mailed again after an hour", () => {
    const full = { since: at(0), lastAt: at(3000), count: SIGN_IN_CODE.mailsAnHour };
    expect(countMail(full, at(3599))).to.equal(undefined);
    expect(countMail(full, at(3600))).to.deep.equal({ since: at(3600), lastAt: at(3600), count: 1 });
  });

  it("are readable in the mail, which explains an unrequested code", () => {
    const { subject, text } = composeCodeMail("00420042", "Stayopen");
    expect(subject).to.equal("0042 0042 is your code for Stayopen");
    expect(text).to.include("0042 0042").and.include("did not request it");
  });
});

describe("decodeAnswer", () => {
  const challengeId = "A-_bcdefghijklmnopqrst";

  it("decodes what encodeAnswer encoded", () => {
    expect(decodeAnswer(encodeAnswer({ challengeId, code: "00420042" }))).to.deep.equal({
      challengeId,
      code: "00420042",
    });
  });

  it("returns undefined for any other text", () => {
    for (const text of [
      "",
      "00420042",
      `${challengeId}.0042`,
      `${challengeId}.00420042\n`,
      `${challengeId}#x.00420042`,
    ]) {
      expect(decodeAnswer(text), text).to.equal(undefined);
    }
  });
});
