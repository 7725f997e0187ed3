import { createHash, createHmac, getDiffieHellman, hkdfSync } from "node:crypto";
import { expect } from "chai";
import { PasswordProof } from "../../local/srp";

const N = BigInt(`0x${getDiffieHellman("modp15").getPrime("hex")}`);
const bytes = (value: bigint) => {
  const hex = value.toString(16);
  const even = hex.padStart(hex.length + (hex.length % 2), "0");
  return Buffer.from(Number.parseInt(even[0]!, 16) > 7 ? `00${even}` : even, "hex");
};
const hash = (...parts: Uint8Array[]) => BigInt(`0x${createHash("sha256").update(Buffer.concat(parts)).digest("hex")}`);
function power(base: bigint, exponent: bigint): bigint {
  let [result, factor] = [1n, base % N];
  for (let left = exponent; left > 0n; left >>= 1n) {
    if (left & 1n) result = (result * factor) % N;
    factor = (factor * factor) % N;
  }
  return result;
}

/** The server's part, as RFC 5054 has it. */
class Server {
  private readonly v: bigint;
  private readonly b = BigInt(`0x${"5c".repeat(64)}`);
  readonly challenge;

  constructor(password: string, salt: string) {
    const identity = createHash("sha256").update(`Pool1user-1:${password}`).digest();
    this.v = power(2n, hash(bytes(BigInt(`0x${salt}`)), identity));
    const B = (hash(bytes(N), bytes(2n)) * this.v + power(2n, this.b)) % N;
    const SECRET_BLOCK = Buffer.from("block").toString("base64");
    this.challenge = { SRP_B: B.toString(16), SALT: salt, SECRET_BLOCK, USER_ID_FOR_SRP: "user-1" };
  }

  signatureOf(srpA: string, time: string): string {
    const A = BigInt(`0x${srpA}`);
    const u = hash(bytes(A), bytes(BigInt(`0x${this.challenge.SRP_B}`)));
    const shared = power(A * power(this.v, u), this.b);
    const key = Buffer.from(hkdfSync("sha256", bytes(shared), bytes(u), "Caldera Derived Key", 16));
    return createHmac("sha256", key).update(`Pool1user-1block${time}`).digest("base64");
  }
}

describe("PasswordProof", () => {
  const now = new Date("2026-12-01T03:05:09Z");

  for (const salt of ["0a1b", "f00d".repeat(8)]) {
    it(`proves the password to a server with the salt ${salt}`, () => {
      const server = new Server("Secret-1", salt);
      const proof = new PasswordProof();
      const answer = proof.answer(server.challenge, "eu-west-1_Pool1", "Secret-1", now);
      expect(answer).to.deep.equal({
        USERNAME: "user-1",
        PASSWORD_CLAIM_SECRET_BLOCK: server.challenge.SECRET_BLOCK,
        TIMESTAMP: "Tue Dec 1 03:05:09 UTC 2026",
        PASSWORD_CLAIM_SIGNATURE: server.signatureOf(proof.srpA, "Tue Dec 1 03:05:09 UTC 2026"),
      });
    });
  }

  it("proves nothing with another password", () => {
    const server = new Server("Secret-1", "0a1b");
    const proof = new PasswordProof();
    const { TIMESTAMP = "", ...answer } = proof.answer(server.challenge, "eu-west-1_Pool1", "Secret-2", now);
    expect(answer["PASSWORD_CLAIM_SIGNATURE"]).not.to.equal(server.signatureOf(proof.srpA, TIMESTAMP));
  });
});
