import { type CounterName, count, counterName, emptyShare, isWanting, type Share } from "./share";

/**
 * One change of the own share, as plain data: a counter grows by `by` from the value that was read, and `available` changes
 * by `units`. The expected value makes the change happen once, however often its cause is handled.
 */
export interface ShareChange {
  kind: "receive" | "cede" | "send" | "claim";
  counter: CounterName;
  /** Value of the counter on which the change rests. */
  expected: number;
  by: number;
  /** Added to `available`. */
  units: number;
  /** The change needs `available` to be at least this at the moment of the write. Absent: it may fall below 0. */
  atLeast?: number;
}

/**
 * Decides the next change of a Region's own share after a record of a peer's share has arrived; `undefined` if there is
 * none. The caller writes it, reads the share, and calls again.
 *
 * Only records of the peer cause a call. A Region that has stopped writes none, so no units are sent to it.
 *
 * @param own the own share as stored, strongly consistent.
 * @param peer the peer's share as it has arrived in this Region.
 */
export function settleShare(own: Share | undefined, peer: Share, region: string, at: string): ShareChange | undefined {
  const share = own ?? emptyShare(peer.productId, region);
  return receive(share, peer) ?? cede(share, peer) ?? send(share, peer, at);
}

/** Adds what the peer has sent and this share has not added yet. */
function receive(own: Share, peer: Share): ShareChange | undefined {
  const expected = count(own, "receivedFrom", peer.region);
  const by = count(peer, "sentTo", own.region) - expected;
  if (by <= 0) return undefined;
  const counter = counterName("receivedFrom", peer.region);
  return { kind: "receive", counter, expected, by, units: by };
}

/**
 * Gives up what the peer has claimed while this Region was declared lost. Units that this Region had promised by then make
 * `available` negative: so many are promised twice.
 */
function cede(own: Share, peer: Share): ShareChange | undefined {
  const expected = count(own, "cededTo", peer.region);
  const by = count(peer, "claimedFrom", own.region) - expected;
  if (by <= 0) return undefined;
  return { kind: "cede", counter: counterName("cededTo", peer.region), expected, by, units: -by };
}

function send(own: Share, peer: Share, at: string): ShareChange | undefined {
  const by = Math.min(own.available, unitsShort(own, peer, at));
  if (by <= 0) return undefined;
  const counter = counterName("sentTo", peer.region);
  const expected = count(own, "sentTo", peer.region);
  return { kind: "send", counter, expected, by, units: -by, atLeast: by };
}

/**
 * Units to send to the peer. Its part of all units is proportional to what each Region has sold. A peer that waits for units, or has
 * less than half of its part, is filled up to its part; one that waits gets at least what it waits for. The margin of a half keeps
 * units from moving to and fro.
 */
function unitsShort(own: Share, peer: Share, at: string): number {
  const peerWaits = isWanting(peer, at);
  // Of two Regions that wait for each other's units, the first by name is served.
  if (isWanting(own, at) && !(peerWaits && peer.region < own.region)) return 0;
  const peerUnits = peer.available + unitsUnderWay(own, peer);
  const all = Math.max(own.available, 0) + Math.max(peerUnits, 0);
  const part = Math.floor((all * (peer.sold + 1)) / (peer.sold + own.sold + 2));
  const missing = peerWaits ? peer.wanted! - peerUnits : 0;
  return Math.max(missing, missing > 0 || peerUnits < part / 2 ? part - peerUnits : 0);
}

/** Units that have left a share and are not in the other one yet, as this Region knows it. */
export function unitsUnderWay(from: Share, to: Share): number {
  return Math.max(0, count(from, "sentTo", to.region) - count(to, "receivedFrom", from.region));
}

/**
 * An operator's claim of a lost Region's share: what the lost Region may still promise as far as this Region knows, and what
 * was under way to it. `undefined` if nothing is left to claim.
 *
 * Units that the lost Region had promised unseen are promised twice. If it returns, it gives the claimed units up.
 */
export function claimShare(own: Share | undefined, lost: Share, region: string): ShareChange | undefined {
  const share = own ?? emptyShare(lost.productId, region);
  const expected = count(share, "claimedFrom", lost.region);
  const by = lost.available + unitsUnderWay(share, lost) - (expected - count(lost, "cededTo", region));
  if (by <= 0) return undefined;
  return { kind: "claim", counter: counterName("claimedFrom", lost.region), expected, by, units: by };
}
