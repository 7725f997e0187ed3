import { createHash, createHmac, getDiffieHellman, hkdfSync, randomBytes } from "node:crypto";

/** Challenge `PASSWORD_VERIFIER` of Cognito. */
interface PasswordChallenge {
  SRP_B: string;
  SALT: string;
  SECRET_BLOCK: string;
  USER_ID_FOR_SRP: string;
}

/** Cognito's group: 3,072 bits, with 2 as generator (RFC 3526, group 15). */
const N = numberOf(getDiffieHellman("modp15").getPrime());
const G = 2n;
const K = hashOf(bytesOf(N), bytesOf(G));

/**
 * A client's part of a sign-in with a password (SRP-6a, RFC 5054, as Cognito has it). The storefront's library takes eight times the processor time
 * in Node.js, because it computes with numbers of its own.
 */
export class PasswordProof {
  private readonly secret = numberOf(randomBytes(32));
  private readonly publicNumber = power(G, this.secret);

  /** Parameter of the request that begins the sign-in. */
  get srpA(): string {
    return this.publicNumber.toString(16);
  }

  /**
   * Answers the challenge.
   *
   * @param poolId for example `us-east-1_Ab12Cd34`.
   */
  answer(challenge: PasswordChallenge, poolId: string, password: string, now = new Date()): Record<string, string> {
    const poolName = poolId.split("_")[1] ?? "";
    const { SECRET_BLOCK, USER_ID_FOR_SRP: user } = challenge;
    const B = BigInt(`0x${challenge.SRP_B}`);
    const u = hashOf(bytesOf(this.publicNumber), bytesOf(B));
    const identity = createHash("sha256").update(`${poolName}${user}:${password}`).digest();
    const x = hashOf(bytesOf(BigInt(`0x${challenge.SALT}`)), identity);
    const shared = power(positive(B - K * power(G, x)), this.secret + u * x);
    const key = hkdfSync("sha256", bytesOf(shared), bytesOf(u), "Caldera Derived Key", 16);
    const TIMESTAMP = timeOf(now);
    return {
      USERNAME: user,
      PASSWORD_CLAIM_SECRET_BLOCK: SECRET_BLOCK,
      TIMESTAMP,
      PASSWORD_CLAIM_SIGNATURE: createHmac("sha256", Buffer.from(key))
        .update(`${poolName}${user}`)
        .update(Buffer.from(SECRET_BLOCK, "base64"))
        .update(TIMESTAMP)
        .digest("base64"),
    };
  }
}

/** Cognito's form, such as `Tue Dec 1 03:05:09 UTC 2026`. */
function timeOf(now: Date): string {
  const [weekday, day, month, year, time] = now.toUTCString().replace(",", "").split(" ");
  return `${weekday} ${month} ${Number(day)} ${time} UTC ${year}`;
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  for (const bit of exponent.toString(2)) {
    result = (result * result) % N;
    if (bit === "1") result = (result * base) % N;
  }
  return result;
}

const positive = (value: bigint): bigint => ((value % N) + N) % N;

function numberOf(bytes: Buffer): bigint {
  return BigInt(`0x${bytes.toString("hex")}`);
}

/** Big-endian, with a zero in front if the first bit would be a sign. */
function bytesOf(value: bigint): Buffer {
  const hex = value.toString(16);
  const even = hex.length % 2 === 0 ? hex : `0${hex}`;
  return Buffer.from(/^[89a-f]/.test(even) ? `00${even}` : even, "hex");
}

function hashOf(...parts: Buffer[]): bigint {
  return numberOf(parts.reduce((hash, part) => hash.update(part), createHash("sha256")).digest());
}
