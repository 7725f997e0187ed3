import { shareStore } from "./sharedStore";

/** A store of two Regions under a domain with the sample catalogue and quick failover. */
export const useFailoverStore = shareStore("stayopen-failover", {
  regions: 2,
  fast: true,
  pace: { shipmentStepMs: 500 },
  config: {
    "stayopen:orderWaits": JSON.stringify({
      payment: { firstSeconds: 1, factor: 1.5, maxSeconds: 3, limitSeconds: 25 },
      delivery: { firstSeconds: 1, factor: 1.2, maxSeconds: 3 },
      retries: { firstSeconds: 1, factor: 1.2, maxSeconds: 3 },
      refundRetries: { firstSeconds: 1, factor: 1.2, maxSeconds: 3 },
    }),
  },
});
