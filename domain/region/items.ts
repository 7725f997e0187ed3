import type { SignInSettings } from "../auth";

/** The release that wrote an item; see `ORDER_SCHEMA`. */
export const REGION_SCHEMA = 1;

/** A Region's own addresses, without a trailing slash: they lead to that Region whatever the store's names lead to. */
export interface RegionUrls {
  /** Address of the Region's health route, path included. Its path holds the check key, so it is not for logs. */
  health: string;
  /** The order API; its paths begin with `/api/orders`. */
  orders: string;
  /** The catalogue API; its paths begin with `/api/catalogue`. */
  catalogue: string;
  /** The failover API, which answers `/api/config`. */
  config: string;
}

/** "I live", written by the Region itself each round: one item, one writer. */
export interface HeartbeatItem {
  /** The Region. */
  subject: string;
  entry: typeof HEARTBEAT;
  schema: number;
  /** ISO 8601 UTC. */
  at: string;
  urls: RegionUrls;
  /** What the Region still has to do because it was away; absent once it is done. */
  owes?: Return;
  /** What it had seen of its peer until then: its next run goes on there. */
  sees?: StoredObservation;
}

/** What a Region keeps in mind of its peer from round to round. */
export interface StoredObservation {
  /** Failed probes of the peer's health since the last good one. */
  failuresInARow: number;
  /** The peer's last heartbeat, and since when this Region knows it; both ISO 8601 UTC. */
  seen?: { at: string; since: string };
  /** Milliseconds since 1970. */
  takeoverStartedAt?: number;
}

/** How long a Region was away, and what it owes therefore. */
export interface Return {
  /** The last heartbeat before; absent if the Region joins others that were there before it. */
  awaySince?: string;
  /** ISO 8601 UTC. */
  backAt: string;
  /** Whether streams may have lost records meanwhile: indexes must be built anew. */
  rebuild: boolean;
}

/** An operator's word about a Region, as written in one Region; the newest of all writers' items decides. */
export interface DrainItem {
  /** The Region that is drained or brought back. */
  subject: string;
  /** `drain#WRITER`; WRITER is the Region whose replica was written. */
  entry: string;
  schema: number;
  drained: boolean;
  /** ISO 8601 UTC. */
  at: string;
  /** Who said so, for people to ask. */
  by: string;
}

/**
 * Who signs customers in in a Region, and with which keys: what the other Region must know to accept their tokens while
 * this one is dead. Written by the Region itself.
 */
export interface IssuerItem<Trusted = unknown> {
  /** The Region. */
  subject: string;
  entry: typeof ISSUER;
  schema: number;
  settings: SignInSettings;
  /** The authorizer's own description of the issuer. */
  trusted: Trusted;
  /** The issuer's signing keys: a JSON Web Key Set as JSON text. */
  jwks: string;
  /** ISO 8601 UTC. */
  at: string;
}

export type RegionItem = HeartbeatItem | DrainItem | IssuerItem;

export const HEARTBEAT = "heartbeat";
export const ISSUER = "issuer";
const DRAIN = "drain#";

/** Sort key of what `writer` says about whether a Region is drained. */
export const drainEntry = (writer: string): string => `${DRAIN}${writer}`;

/** What is known about one Region. Kinds of a later release are left out. */
export interface RegionRecords {
  heartbeat?: HeartbeatItem;
  drains: readonly DrainItem[];
  issuer?: IssuerItem;
}

/**
 * Sorts what a query of one `subject` returned.
 *
 * @example
 * const { heartbeat, drains } = bookOf(items);
 */
export function toRegionRecords(items: readonly Pick<RegionItem, "entry">[]): RegionRecords {
  return {
    heartbeat: items.find((item): item is HeartbeatItem => item.entry === HEARTBEAT),
    drains: items.filter((item): item is DrainItem => item.entry.startsWith(DRAIN)),
    issuer: items.find((item): item is IssuerItem => item.entry === ISSUER),
  };
}
