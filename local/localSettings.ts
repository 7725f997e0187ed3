import { createHash, randomBytes } from "node:crypto";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readDataFile } from "./deployment/dataFile";
import { customerSystemSecret, type ProviderSecrets } from "./providers";
import { freePort, isFree } from "./servers/ports";

/** Ports and keys of a data folder, chosen once because the stored data contain them. */
export interface FolderSettings {
  /** `emulator` and `search` of the first Region, `peerEmulator` and `peerSearch` of the second. */
  ports: { emulator: number; search: number; providers: number; peerEmulator?: number; peerSearch?: number };
  secrets: ProviderSecrets;
}

/**
 * Reads the folder's ports and secrets, or chooses them at its first start.
 *
 * @throws {Error} with one sentence if one of its ports is in use, or if it is damaged, of another number of Regions or of an earlier
 * version.
 */
export async function folderSettings(dataDir: string, regionCount: number): Promise<FolderSettings> {
  const file = join(dataDir, "settings.json");
  if (existsSync(file)) {
    const settings = readDataFile<FolderSettings>(file);
    if (!Object.hasOwn(Object(settings.ports), "providers")) {
      throw new Error(`The data in ${dataDir} were written by an earlier version: start with --fresh.`);
    }
    const keptCount = settings.ports.peerEmulator === undefined ? 1 : 2;
    if (keptCount !== regionCount) {
      throw new Error(
        `The data in ${dataDir} belong to a run with ${keptCount === 1 ? "one Region" : "two Regions"}: choose another folder with --data, or start with --fresh.`,
      );
    }
    for (const port of [...Object.values(settings.ports), settings.ports.providers + 1]) {
      if (await isFree(port)) continue;
      throw new Error(
        `Port ${port}, which the stored data contain, is in use: stop the process that listens there, or start with --fresh.`,
      );
    }
    return settings;
  }
  const key = (prefix: string) => `${prefix}_${randomBytes(18).toString("base64url")}`;
  const settings: FolderSettings = {
    ports: {
      emulator: await freePort(),
      search: await freePort(),
      providers: await freePortPair(),
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

/** The shipping provider listens on the port after the payment provider's. */
async function freePortPair(): Promise<number> {
  for (let attempt = 0; attempt < 50; attempt++) {
    const port = await freePort();
    if (port < 65_535 && (await isFree(port + 1))) return port;
  }
  throw new Error("Found no two neighbouring free ports on 127.0.0.1 in 50 attempts: free some ports and start again.");
}

/** Domain of a local run in two Regions. It is resolved on this machine only. */
export const localDomain = "stayopen.test";

/** Factor by which a `fast` run detects a lost Region faster than on AWS. */
export const fastScale = 10;

export interface LocalRun {
  providers: { paymentUrl: string; shippingUrl: string; customerSystemUrl: string };
  secrets: ProviderSecrets;
  /** Two Regions have a domain, unless this is false. */
  hasDomain: boolean;
  /** Short failover timings and order waits, for tests. */
  fast: boolean;
  /** The store notifies the customer's system. */
  webhooks: boolean;
}

/** Settings of the stack that the local run overrides. */
export function localConfig({ providers, secrets, hasDomain, fast, webhooks }: LocalRun): Record<string, string> {
  return {
    "stayopen:paymentEndpoint": providers.paymentUrl,
    "stayopen:paymentApiKey": secrets.paymentApiKey,
    "stayopen:paymentWebhookSecret": secrets.paymentWebhookSecret,
    "stayopen:shippingEndpoint": providers.shippingUrl,
    "stayopen:shippingApiKey": secrets.shippingApiKey,
    "stayopen:shippingWebhookSecret": secrets.shippingWebhookSecret,
    // Nothing leaves this machine, and drills have few customers with many orders.
    "stayopen:textMessageCountries": "+1,+44,+49",
    "stayopen:textMessagesUnverified": "true",
    "stayopen:ordersPerCustomerDay": "1000000",
    // A mail for each status, at once, as someone who watches the run expects it.
    "stayopen:mailGatherSeconds": "0",
    ...(webhooks && {
      "stayopen:webhooks": JSON.stringify({ customer: { url: providers.customerSystemUrl } }),
      "stayopen:webhookSecrets": JSON.stringify({ customer: [customerSystemSecret(secrets)] }),
    }),
    ...(hasDomain
      ? {
          "stayopen:domain": localDomain,
          "stayopen:zoneId": "ZSTAYOPENLOCAL",
          "stayopen:edgeSecrets": createHash("sha256").update(secrets.paymentWebhookSecret).digest("hex"),
        }
      : {}),
    ...(fast ? fastTimings : timings),
  };
}

const timings = {
  // The local providers take seconds for what takes days on AWS; the waits match them.
  "stayopen:orderWaits": JSON.stringify({
    payment: { firstSeconds: 2, factor: 1.5, maxSeconds: 10, limitSeconds: 120 },
    delivery: { firstSeconds: 3, factor: 1.2, maxSeconds: 15 },
    retries: { firstSeconds: 1, factor: 1.5, maxSeconds: 10 },
    refundRetries: { firstSeconds: 1, factor: 1.5, maxSeconds: 10 },
  }),
  // Executions end when the emulator stops: the sweeper must find their orders soon after the next start.
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
