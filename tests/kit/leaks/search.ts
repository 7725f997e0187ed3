import { hash } from "node:crypto";
import { gunzipSync, inflateRawSync, inflateSync } from "node:zlib";
import { ENCODINGS, type Encoding } from "./encodings";

/** A value that must not be stored or sent. */
export interface Needle {
  /** For reports, such as `card of the declined order`. */
  name: string;
  value: string;
}

export interface Finding {
  needle: string;
  encoding: Encoding;
  /** Surrounding text, for a person. */
  context: string;
}

interface Pattern {
  needle: string;
  encoding: Encoding;
  bytes: Buffer;
}

/** Shortest run of base64 characters that is decoded to look for compressed data in it. */
const SHORTEST_BASE64 = 24;
/** Compressed data inside compressed data inside … */
const DEEPEST = 5;

/**
 * Finds needles in bytes, in every encoding of `ENCODINGS`, also in gzip, zlib and zip data and in base64 of those.
 *
 * @example
 * const search = new LeakSearch([{ name: "card", value: "4111111111111111" }]);
 * search.find(readFileSync("service.log"));
 */
export class LeakSearch {
  /** Patterns by their first three bytes: most positions of a haystack are passed with one look at `starts`. */
  private readonly starts = new Uint8Array(2 ** 24);
  private readonly patterns = new Map<number, Pattern[]>();
  /** Findings by content and depth: functions' code alone is in a dozen places of both Regions. */
  private readonly searched = new Map<string, Finding[]>();

  constructor(needles: readonly Needle[]) {
    for (const { name, value } of needles) {
      for (const [encoding, forms] of Object.entries(ENCODINGS)) {
        for (const form of new Set(forms(value))) {
          // Digits are the same in some encodings.
          if (encoding !== "plain" && form === value) continue;
          this.add({ needle: name, encoding, bytes: Buffer.from(form) });
        }
      }
    }
  }

  find(bytes: Buffer): Finding[] {
    return this.findOnce(bytes, 0);
  }

  private add(pattern: Pattern): void {
    if (pattern.bytes.length < 6) throw new Error(`"${pattern.bytes}" is too short to be searched for.`);
    const key = pattern.bytes.readUIntBE(0, 3);
    this.starts[key] = 1;
    this.patterns.set(key, [...(this.patterns.get(key) ?? []), pattern]);
  }

  private findOnce(bytes: Buffer, depth: number): Finding[] {
    const content = `${depth} ${hash("sha256", bytes)}`;
    let findings = this.searched.get(content);
    if (findings === undefined) {
      const found = new Map<string, Finding>();
      this.search(bytes, depth, found);
      findings = [...found.values()];
      this.searched.set(content, findings);
    }
    return findings;
  }

  private search(bytes: Buffer, depth: number, found: Map<string, Finding>): void {
    const end = bytes.length - 2;
    for (let at = 0, next = bytes.length > 1 ? (bytes[0]! << 8) | bytes[1]! : 0; at < end; at++) {
      next = ((next << 8) | bytes[at + 2]!) & 0xff_ff_ff;
      if (this.starts[next] === 1) this.compare(bytes, at, next, found);
      if (depth < DEEPEST && isCompressed(next)) {
        const whole = decompress(bytes, at, next);
        if (whole !== undefined) this.searchCompressed(whole, depth, found);
      }
    }
    if (depth < DEEPEST) this.searchBase64(bytes, depth, found);
  }

  private searchCompressed(whole: Buffer, depth: number, found: Map<string, Finding>): void {
    for (const { needle, encoding, context } of this.findOnce(whole, depth + 1))
      keep(found, { needle, encoding: `compressed ${encoding}`, context });
  }

  private compare(bytes: Buffer, at: number, key: number, found: Map<string, Finding>): void {
    for (const { needle, encoding, bytes: wanted } of this.patterns.get(key) ?? []) {
      if (bytes.compare(wanted, 0, wanted.length, at, Math.min(at + wanted.length, bytes.length)) !== 0) continue;
      const context = bytes.toString("latin1", Math.max(0, at - 80), at + wanted.length + 40);
      keep(found, { needle, encoding, context });
    }
  }

  /** Plain values in base64 have patterns of their own; compressed ones are found by decoding. */
  private searchBase64(bytes: Buffer, depth: number, found: Map<string, Finding>): void {
    const run = new RegExp(`[A-Za-z0-9+/_-]{${SHORTEST_BASE64},}`, "g");
    for (const [text] of bytes.toString("latin1").matchAll(run)) {
      for (const offset of [0, 1, 2, 3]) {
        const decoded = Buffer.from(text.slice(offset), "base64");
        for (const magic of MAGIC) {
          for (let at = decoded.indexOf(magic); at >= 0; at = decoded.indexOf(magic, at + 1)) {
            const whole = decompress(decoded, at, magic.readUIntBE(0, 3));
            if (whole !== undefined) this.searchCompressed(whole, depth, found);
          }
        }
      }
    }
  }
}

/** Keeps the first finding of a needle in an encoding. */
function keep(found: Map<string, Finding>, finding: Finding): void {
  const id = `${finding.needle} ${finding.encoding}`;
  if (!found.has(id)) found.set(id, finding);
}

const GZIP = 0x1f8b08;
const ZIP = 0x504b03;
const MAGIC = [Buffer.from([0x1f, 0x8b, 0x08]), Buffer.from("PK\u0003\u0004")];

const isCompressed = (start: number): boolean => start === GZIP || start === ZIP || isZlib(start >> 8);
/** First bytes of zlib data, by level of compression. */
const isZlib = (start: number): boolean => start === 0x78_01 || start === 0x78_9c || start === 0x78_da;

/** Returns the data that begin at this position, or undefined if they only looked like compressed data. */
function decompress(bytes: Buffer, at: number, start: number): Buffer | undefined {
  try {
    if (start === GZIP) return gunzipSync(bytes.subarray(at));
    if (start !== ZIP) return inflateSync(bytes.subarray(at));
    // A local file header: 30 bytes, the name, the extra field, the data. Method 8 is deflate; 0 is found as it is.
    const data = at + 30 + bytes.readUInt16LE(at + 26) + bytes.readUInt16LE(at + 28);
    return bytes.readUInt16LE(at + 8) === 8 ? inflateRawSync(bytes.subarray(data)) : undefined;
  } catch {
    return undefined;
  }
}
