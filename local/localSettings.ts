import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ProviderSecrets } from "./providers";
import { freePort, isFree } from "./servers/ports";

/** What a data folder chooses once and keeps: the kept data name these ports and keys. */
export interface FolderSettings {
  /** `emulator` and `search` of the first Region, `peerEmulator` and `peerSearch` of the second. */
  ports: { emulator: number; search: number; outside: number; peerEmulator?: number; peerSearch?: number };
  secrets: ProviderSecrets;
}

/**
 * The folder's own ports and secrets, chosen at its first start.
 *
 * @throws {Error} with one sentence when one of its ports is taken now, or when it was made for another number of Regions.
 */
export async function folderSettings(dataDir: string, regionCount: number): Promise<FolderSettings> {
  const file = join(dataDir, "settings.json");
  if (existsSync(file)) {
    const settings = JSON.parse(readFileSync(file, "utf8")) as FolderSettings;
    const keptCount = settings.ports.peerEmulator === undefined ? 1 : 2;
    if (keptCount !== regionCount) {
      throw new Error(
        `The data in ${dataDir} are of a run in ${keptCount === 1 ? "one Region" : "two Regions"}: choose another folder with --data, or start with --fresh.`,
      );
    }
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
    ports: {
      emulator: await freePort(),
      search: await freePort(),
      outside: await freePortPair(),
      ...(regionCount === 2 ? { peerEmulator: await freePort(), peerSearch: await freePort() } : {}),
    },
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

/** The domain of a local run in two Regions. It is never asked for outside of this machine. */
export const localDomain = "stayopen.test";

/** How many times faster than on AWS a `fast` run notices that a Region is lost. */
export const fastScale = 10;

export interface LocalRun {
  outside: { paymentUrl: string; shippingUrl: string };
  secrets: ProviderSecrets;
  twoRegions: boolean;
  /** Failover and order waits as short as tests want them. */
  fast: boolean;
}

/** The stack's settings that must be others on this machine. */
export function localConfig({ outside, secrets, twoRegions, fast }: LocalRun): Record<string, string> {
  return {
    "stayopen:paymentEndpoint": outside.paymentUrl,
    "stayopen:paymentApiKey": secrets.paymentApiKey,
    "stayopen:paymentWebhookSecret": secrets.paymentWebhookSecret,
    "stayopen:shippingEndpoint": outside.shippingUrl,
    "stayopen:shippingApiKey": secrets.shippingApiKey,
    "stayopen:shippingWebhookSecret": secrets.shippingWebhookSecret,
    ...(twoRegions ? { "stayopen:domain": localDomain, "stayopen:zoneId": "ZSTAYOPENLOCAL" } : {}),
    ...(fast ? fastTimings : timings),
  };
}

const timings = {
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

const fastTimings = {
  "stayopen:orderWaits": JSON.stringify({
    payment: { firstSeconds: 1, factor: 1.5, maxSeconds: 3, limitSeconds: 60 },
    delivery: { firstSeconds: 1, factor: 1.2, maxSeconds: 3 },
    retries: { firstSeconds: 1, factor: 1.2, maxSeconds: 3 },
    refundRetries: { firstSeconds: 1, factor: 1.2, maxSeconds: 3 },
  }),
  "stayopen:orderDeadlines": JSON.stringify({ settlingSeconds: 15, travellingSeconds: 30 }),
  "stayopen:failoverTimings": JSON.stringify({
    roundSeconds: 1,
    staleAfterSeconds: 5,
    failuresInARow: 3,
    probeTimeoutMs: 1_000,
    awayAfterSeconds: 10,
  }),
};
