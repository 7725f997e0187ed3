import { createHash, createHmac, getDiffieHellman, hkdfSync, randomBytes } from "node:crypto";
import { expect } from "chai";
import { beginPasswordProof } from "../../../domain/auth/passwordProof";

const POOL = "us-east-1_abcDEF123";
/** Group 15 of RFC 3526, which RFC 5054 uses for SRP. */
const PRIME = getDiffieHellman("modp15").getPrime();
const NOW = new Date("2026-12-01T15:04:05Z");

/** Computed by the `AuthenticationHelper` and `getSignatureString` of `@aws-amplify/auth` 6.21.1, with the same secret. */
const VECTORS = [
  {
    secret: 0x1fn,
    password: "Correct-Horse-9",
    challenge: { SALT: "7f", SRP_B: "20", SECRET_BLOCK: "c2VjcmV0IGJsb2NrIDA=", USER_ID_FOR_SRP: "ann" },
    signature: "RrEZBT3RsgviXfC8WMfF4ZIAGqPxCjrUV8R8qpI3tFA=",
  },
  {
    secret: 0xc0ffee00112233445566778899aabbccddeeff00112233445566778899aabbccn,
    password: "Süße Grüße 1!",
    challenge: {
      // The first bit is set.
      SALT: "f00dbabe112233445566778899aabbcc",
      SRP_B: "8899aabbccddeeff",
      SECRET_BLOCK: "c2VjcmV0IGJsb2NrIDE=",
      USER_ID_FOR_SRP: "0e9b2b1c-1111-2222-3333-444455556666",
    },
    signature: "xAO8YE4qjCDb3lVTUJoZOSOASJPFNURTpSqSI/4D448=",
  },
];

describe("beginPasswordProof", () => {
  for (const { secret, password, challenge, signature } of VECTORS) {
    it(`signs as Amplify does for ${challenge.USER_ID_FOR_SRP}`, async () => {
      expect(await beginPasswordProof(POOL, secret).sign(challenge, password, NOW)).to.deep.equal({
        timestamp: "Tue Dec 1 15:04:05 UTC 2026",
        signature,
      });
    });
  }

  it("convinces a pool that knows the password's verifier, and not with another password", async () => {
    const pool = new Pool("ann", "Correct-Horse-9");
    // Some numbers have a zero in front, or their first bit set.
    for (let count = 0; count < 10; count++) expect(await pool.accepts("Correct-Horse-9")).to.equal(true);
    expect(await pool.accepts("correct-horse-9")).to.equal(false);
  });

  it("has another secret each time", () => {
    expect(beginPasswordProof(POOL).publicKey).to.not.equal(beginPasswordProof(POOL).publicKey);
  });

  for (const [name, SRP_B] of [
    ["zero", "0"],
    ["the prime", PRIME.toString("hex")],
  ] as const) {
    it(`refuses ${name} as the pool's key, with which every password would do`, async () => {
      const proof = beginPasswordProof(POOL).sign({ ...VECTORS[0]!.challenge, SRP_B }, "Correct-Horse-9");
      const refusal = await proof.catch((error: Error) => error.message);
      expect(refusal).to.equal("The user pool sent a challenge that proves nothing.");
    });
  }
});

/** The pool's half of SRP-6a. */
class Pool {
  private readonly salt = randomBytes(16);
  private readonly verifier: Buffer;

  constructor(
    private readonly userId: string,
    password: string,
  ) {
    const passwordKey = hash(signed(this.salt), hash(`abcDEF123${userId}:${password}`));
    this.verifier = power(passwordKey);
  }

  async accepts(password: string): Promise<boolean> {
    const secret = randomBytes(32);
    const multiplier = hash(signed(PRIME), Buffer.of(2));
    const poolKey = bytes((number(multiplier) * number(this.verifier) + number(power(secret))) % number(PRIME));
    const block = randomBytes(100);
    const proof = beginPasswordProof(POOL);
    const { timestamp, signature } = await proof.sign(
      {
        SALT: this.salt.toString("hex"),
        SRP_B: poolKey.toString("hex"),
        SECRET_BLOCK: block.toString("base64"),
        USER_ID_FOR_SRP: this.userId,
      },
      password,
      NOW,
    );
    const clientKey = bytes(BigInt(`0x${proof.publicKey}`));
    const mixed = hash(signed(clientKey), signed(poolKey));
    const product = (number(clientKey) * number(power(mixed, this.verifier))) % number(PRIME);
    const shared = power(secret, bytes(product));
    const key = hkdfSync("sha256", signed(shared), signed(mixed), "Caldera Derived Key", 16);
    const claim = createHmac("sha256", Buffer.from(key))
      .update(`abcDEF123${this.userId}`)
      .update(block)
      .update(timestamp);
    return claim.digest("base64") === signature;
  }
}

/** BASE, or else the group's generator, to the power of EXPONENT. */
function power(exponent: Buffer, base: Buffer = Buffer.of(2)): Buffer {
  const bits = number(exponent).toString(2);
  const result = Array.from(bits).reduce(
    (product, bit) => (product * product * (bit === "1" ? number(base) : 1n)) % number(PRIME),
    1n,
  );
  return bytes(result);
}

function hash(...parts: (Buffer | string)[]): Buffer {
  const digest = createHash("sha256");
  for (const part of parts) digest.update(part);
  return digest.digest();
}

const number = (of: Buffer) => BigInt(`0x${of.toString("hex")}`);

function bytes(of: bigint): Buffer {
  const digits = of.toString(16);
  return Buffer.from(digits.padStart(digits.length + (digits.length % 2), "0"), "hex");
}

/** As Java's `BigInteger.toByteArray()`. */
function signed(of: Buffer): Buffer {
  const shortest = bytes(number(of));
  return shortest[0]! < 0x80 ? shortest : Buffer.concat([Buffer.of(0), shortest]);
}
