import type * as pulumi from "@pulumi/pulumi";
import type { Context } from "aws-lambda";
import { allow, InlineFunction, index } from "../../inlineFunction";
import { createLogger } from "../../runtime/logger";
import type { OrderServiceArgs } from "../args";
import { setting } from "../handlers/clients";
import { createOrderStore, readDeadlines } from "../handlers/environment";
import { Settled, takeOverOrders } from "../handlers/executions/takeOverOrders";
import { createCounter } from "../handlers/metrics";
import { OPEN_INDEX } from "../handlers/orderStore";
import type { SharedSettings } from "../resources/sharedSettings";

/** Event of the takeover function. */
export interface TakeoverRequest {
  /** The Region whose open orders are taken over. */
  from: string;
}

/** The caller repeats the call each minute while the Region is lost; a longer run would only overlap with the next. */
const LIMIT_SECONDS = 60;

/** Creates the function that takes over the open orders of a lost or drained Region. `RegionalFailover` or an operator calls it. */
export function createTakeover(name: string, args: OrderServiceArgs, shared: SharedSettings, parent: pulumi.Resource) {
  const { environment, orders, cards, settingsOf } = shared;
  const takeover = new InlineFunction(
    `${name}-takeover`,
    {
      description: "Takes the open orders of a lost or drained Region over.",
      environment: { ...environment, CONCURRENCY: String(args.takeoverConcurrency ?? 16) },
      grants: [
        allow(index(orders, OPEN_INDEX), "dynamodb:Query"),
        allow(orders, "dynamodb:Query", "dynamodb:PutItem"),
        allow(cards, "dynamodb:GetItem", "dynamodb:PutItem"),
      ],
      timeoutSeconds: LIMIT_SECONDS,
      memoryMb: 1_024,
      // The next call follows within a minute and does the same.
      asynchronous: { retries: 0, maxAgeSeconds: 60 },
      ...settingsOf("takeover"),
      callbackFactory: () => {
        const log = createLogger("orders-takeover");
        const count = createCounter();
        const settled = new Settled();
        const store = createOrderStore();
        return async ({ from }: TakeoverRequest, context: Pick<Context, "getRemainingTimeInMillis">) => {
          if (typeof from !== "string" || from === store.region) {
            throw new Error(`Give the other Region as from, not ${JSON.stringify(from)}.`);
          }
          const begin = Date.now();
          const done = await takeOverOrders({
            store,
            from,
            deadlines: readDeadlines(),
            concurrency: Number(setting("CONCURRENCY")),
            timeLeftMs: () => context.getRemainingTimeInMillis(),
            settled,
            onTrouble: (orderId, error) =>
              log.error("An order could not be taken over", { orderId, error: error as Error }),
          });
          count("OrdersTakenOver", done.taken);
          count("TakeoverRemaining", done.remaining + done.failed);
          count("TakeoverSeconds", (Date.now() - begin) / 1000);
          log.info("Took over", { from, ...done });
          return done;
        };
      },
    },
    { parent },
  );
  return takeover;
}
