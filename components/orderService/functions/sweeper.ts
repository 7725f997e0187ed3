import type * as pulumi from "@pulumi/pulumi";
import type { Context } from "aws-lambda";
import { createFunctionSchedule } from "../../infrastructure/scheduledFunction";
import { allow, executions, InlineFunction, index, reference } from "../../inlineFunction";
import { createLogger } from "../../runtime/logger";
import type { OrderServiceArgs } from "../args";
import { setting } from "../handlers/clients";
import { createOrderStore, readDeadlines } from "../handlers/environment";
import { sweepOrders } from "../handlers/executions/sweepOrders";
import { createCounter } from "../handlers/metrics";
import { OPEN_INDEX } from "../handlers/orderStore";
import { stepFunctions as stepFunctionsClient } from "../handlers/stepFunctions";
import type { SharedSettings } from "../resources/sharedSettings";

/** Event of the sweeper; the schedule's own event is ignored. */
interface SweepRequest {
  /** The Region has returned. */
  returned?: { backAt: string };
  /** An operator has the parked orders restarted. */
  release?: true;
}

/** Creates the function that periodically restarts stalled orders, and its schedule. */
export function createSweeper(name: string, args: OrderServiceArgs, shared: SharedSettings, parent: pulumi.Resource) {
  const { environment, orders, cards, settingsOf } = shared;
  const workflow = reference("states:stateMachine", shared.stateMachine.arn);
  const sweeper = new InlineFunction(
    `${name}-sweeper`,
    {
      description: "Restarts stalled orders: those whose workflow has died.",
      environment: {
        ...environment,
        EXECUTION_ARN_PREFIX: shared.stateMachine.arn.apply((arn) => arn.replace(":stateMachine:", ":execution:")),
      },
      grants: [
        allow(index(orders, OPEN_INDEX), "dynamodb:Query"),
        allow(orders, "dynamodb:Query", "dynamodb:PutItem"),
        allow(cards, "dynamodb:DeleteItem"),
        allow(executions(workflow), "states:DescribeExecution"),
      ],
      // One sweep at a time is enough; parallel sweeps would only collide.
      timeoutSeconds: 240,
      ...settingsOf("sweeper"),
      callbackFactory: () => {
        const log = createLogger("orders-sweeper");
        const count = createCounter();
        const sweeping = {
          store: createOrderStore(),
          workflows: stepFunctionsClient(),
          executionArnPrefix: setting("EXECUTION_ARN_PREFIX"),
          deadlines: readDeadlines(),
          onTrouble: (orderId: string, error: unknown) =>
            log.error("An order could not be swept", { orderId, error: error as Error }),
        };
        return async (event: SweepRequest | undefined, context: Pick<Context, "getRemainingTimeInMillis">) => {
          const backAt = event?.returned?.backAt;
          const timeLeftMs = () => context.getRemainingTimeInMillis();
          const swept = await sweepOrders({ ...sweeping, backAt, release: event?.release === true, timeLeftMs });
          if (swept.restart > 0) count("OrdersRestarted", swept.restart);
          if (swept.park > 0) count("OrdersParked", swept.park);
          log.info("Swept", { ...swept });
        };
      },
    },
    { parent },
  );
  const schedule = createFunctionSchedule(`${name}-sweep`, sweeper, args.sweepEveryMinutes ?? 5, parent);
  return { sweeper, schedule };
}
