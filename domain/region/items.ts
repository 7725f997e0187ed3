import type { SignInSettings } from "../auth";

/** The release that wrote an item; see `ORDER_SCHEMA`. */
export const REGION_SCHEMA = 1;

/** A Region's own addresses, without a trailing slash. They always lead to that Region. */
export interface RegionUrls {
  /** URL of the Region's health route. Its path contains the check key, so it must not be logged. */
  health: string;
  /** The order API; its paths begin with `/api/orders`. */
  orders: string;
  /** The catalogue API; its paths begin with `/api/catalogue`. */
  catalogue: string;
  /** The failover API, which serves `/api/config`. */
  config: string;
}

/** Heartbeat that a Region writes each round. One item, one writer. */
export interface HeartbeatItem {
  /** The Region. */
  subject: string;
  entry: typeof HEARTBEAT;
  schema: number;
  /** ISO 8601 UTC. */
  at: string;
  urls: RegionUrls;
  /** Return that the Region has yet to handle; absent once done. */
  owes?: Return;
  /** Observation of the peer, from which the next run continues. */
  sees?: StoredObservation;
}

/** Observation of the peer that a Region keeps between rounds. */
export interface StoredObservation {
  /** Failed probes of the peer since the last successful one. */
  failuresInARow: number;
  /** Time of the peer's last heartbeat, and the time this Region first saw it; both ISO 8601 UTC. */
  seen?: { at: string; since: string };
  /** Milliseconds since 1970. */
  takeoverStartedAt?: number;
}

/** Return of a Region that was away, or its joining. */
export interface Return {
  /** Time of the last heartbeat before; absent if the Region joins. */
  awaySince?: string;
  /** ISO 8601 UTC. */
  backAt: string;
  /** Streams may have lost records meanwhile, so that indexes must be rebuilt. */
  rebuild: boolean;
}

/** Drain decision of an operator, written in one Region. The newest item of all writers counts. */
export interface DrainItem {
  /** The Region that is drained or brought back. */
  subject: string;
  /** `drain#WRITER`; WRITER is the Region whose replica was written. */
  entry: string;
  schema: number;
  drained: boolean;
  /** ISO 8601 UTC. */
  at: string;
  /** Name of the operator. */
  by: string;
}

/**
 * Issuer that signs customers in to a Region, with its keys. The peer needs it to accept their tokens while this Region is
 * lost. Written by the Region itself.
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

/** Sort key of the drain decisions that are written in the Region `writer`. */
export const drainEntry = (writer: string): string => `${DRAIN}${writer}`;

/** Items of one Region. Kinds of a later release are omitted. */
export interface RegionRecords {
  heartbeat?: HeartbeatItem;
  drains: readonly DrainItem[];
  issuer?: IssuerItem;
}

/**
 * Groups the items of one `subject` by kind.
 *
 * @example
 * const { heartbeat, drains } = toRegionRecords(items);
 */
export function toRegionRecords(items: readonly Pick<RegionItem, "entry">[]): RegionRecords {
  return {
    heartbeat: items.find((item): item is HeartbeatItem => item.entry === HEARTBEAT),
    drains: items.filter((item): item is DrainItem => item.entry.startsWith(DRAIN)),
    issuer: items.find((item): item is IssuerItem => item.entry === ISSUER),
  };
}
