import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePort, isFree } from "./network/ports";
import type { OutsideSecrets } from "./outside";

/** What a data folder chooses once and keeps: the kept data name these ports and keys. */
export interface FolderSettings {
  ports: { emulator: number; search: number; outside: number };
  secrets: OutsideSecrets;
}

/**
 * The folder's own ports and secrets, chosen at its first start.
 *
 * @throws {Error} with one sentence when one of its ports is taken now.
 */
export async function folderSettings(dataDir: string): Promise<FolderSettings> {
  const file = join(dataDir, "settings.json");
  if (existsSync(file)) {
    const settings = JSON.parse(readFileSync(file, "utf8")) as FolderSettings;
    for (const port of [...Object.values(settings.ports), settings.ports.outside + 1]) {
      if (await isFree(port)) continue;
      throw new Error(
        `Port ${port}, which the kept data name, is taken: stop what listens there, or start with --fresh.`,
      );
    }
    return settings;
  }
  const key = (prefix: string) => `${prefix}_${randomBytes(18).toString("base64url")}`;
  const settings: FolderSettings = {
    ports: { emulator: await freePort(), search: await freePort(), outside: await freePortPair() },
    secrets: {
      paymentApiKey: key("pay"),
      shippingApiKey: key("ship"),
      paymentWebhookSecret: `whsec_${randomBytes(24).toString("base64")}`,
      shippingWebhookSecret: `whsec_${randomBytes(24).toString("base64")}`,
    },
  };
  writeFileSync(file, JSON.stringify(settings), { mode: 0o600 });
  return settings;
}

/** The shipping system listens on the port after the payment system's. */
async function freePortPair(): Promise<number> {
  for (let attempt = 0; attempt < 50; attempt++) {
    const port = await freePort();
    if (port < 65_535 && (await isFree(port + 1))) return port;
  }
  throw new Error("No two neighbouring ports of 127.0.0.1 are free.");
}

/** The stack's settings that must be others on this machine. */
export function localConfig(
  outside: { paymentUrl: string; shippingUrl: string },
  secrets: OutsideSecrets,
): Record<string, string> {
  return {
    "stayopen:paymentEndpoint": outside.paymentUrl,
    "stayopen:paymentApiKey": secrets.paymentApiKey,
    "stayopen:paymentWebhookSecret": secrets.paymentWebhookSecret,
    "stayopen:shippingEndpoint": outside.shippingUrl,
    "stayopen:shippingApiKey": secrets.shippingApiKey,
    "stayopen:shippingWebhookSecret": secrets.shippingWebhookSecret,
    // The outside systems of the local run take seconds for what takes days, and nobody wants to wait longer than they do.
    "stayopen:orderWaits": JSON.stringify({
      payment: { firstSeconds: 2, factor: 1.5, maxSeconds: 10, limitSeconds: 120 },
      delivery: { firstSeconds: 3, factor: 1.2, maxSeconds: 15 },
      retries: { firstSeconds: 1, factor: 1.5, maxSeconds: 10 },
      refundRetries: { firstSeconds: 1, factor: 1.5, maxSeconds: 10 },
    }),
    // Executions die when the emulator is stopped: the sweeper must find their orders soon after the next start.
    "stayopen:orderDeadlines": JSON.stringify({ settlingSeconds: 60, travellingSeconds: 300 }),
  };
}
