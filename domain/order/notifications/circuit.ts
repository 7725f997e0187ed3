/** State of a notification channel's circuit in one Region, while its deliveries fail. Absent: they succeed. */
export interface CircuitItem {
  kind: "circuit";
  schema: number;
  /** `circuit#CHANNEL`. */
  orderId: string;
  /** The Region whose notifier writes the item. */
  region: string;
  /** Failures since the last success. */
  failures: number;
  /** Pauses since the last success. */
  pauses?: number;
  /** ISO 8601 UTC: no delivery begins before. */
  pausedUntil?: string;
  /** Seconds since 1970: DynamoDB deletes the item some time after it. */
  expiresAt: number;
}

/** Key of a {@link CircuitItem}. */
export const circuitKey = (channel: string, region: string) => ({ orderId: `circuit#${channel}`, region });

/** Failures without a success in between that pause a channel. */
export const FAILURES_BEFORE_PAUSE = 5;

/** Seconds for which one delivery after a pause has the channel for itself: longer than the notifier may run. */
export const PROBE_SECONDS = 60;

const LONGEST_SECONDS = 3_600;

/** Doubles from `first` to an hour, with a jitter of a quarter to both sides. */
const backOff = (first: number, times: number, random: number): number =>
  Math.ceil(Math.min(first * 2 ** times, LONGEST_SECONDS) * (0.75 + random / 2));

/**
 * Seconds that a channel is paused.
 *
 * @param pauses pauses before this one, since the last success.
 * @param random from 0 to 1.
 */
export const pauseSeconds = (pauses: number, random: number): number => backOff(60, pauses, random);

/**
 * Seconds after which a delivery is retried.
 *
 * @param receives deliveries of the message, this one included.
 * @param random from 0 to 1.
 */
export const retrySeconds = (receives: number, random: number): number => backOff(10, receives - 1, random);

/**
 * Seconds after which a message that found its channel paused is looked at again: within half the pause after its end, so that the
 * probe has ended for most messages, and they do not all come at once.
 */
export const afterPause = (waitSeconds: number, random: number): number =>
  Math.ceil(waitSeconds + random * Math.max(PROBE_SECONDS, waitSeconds / 2));
