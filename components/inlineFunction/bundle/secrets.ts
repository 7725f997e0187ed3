import * as pulumi from "@pulumi/pulumi";

/** Shorter values may be in code by chance. */
const SHORTEST = 8;

/** Finds the key of a secret setting whose value is in a file of UTF-8 text. */
export function findSecret(file: Uint8Array): string | undefined {
  const text = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  const settings = pulumi.runtime.allConfig();
  return secretKeys().find((key) => {
    const value = settings[key];
    if (value === undefined || value.length < SHORTEST) return false;
    return [value, JSON.stringify(value).slice(1, -1)].some((written) => text.includes(written));
  });
}

/** Keys of the secret settings, from the variable that the engine sets. */
function secretKeys(): string[] {
  const keys: unknown = JSON.parse(process.env["PULUMI_CONFIG_SECRET_KEYS"] || "[]");
  return Array.isArray(keys) ? keys.filter((key) => typeof key === "string") : [];
}
