import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { DynamoDBStreamEvent } from "aws-lambda";
import { DELIVERY_KIND, SHARE_KIND } from "../../../domain/stock";
import { allowStreamReading, connectStreamReader } from "../../infrastructure/streamReader";
import { allow, InlineFunction } from "../../inlineFunction";
import { handleInOrder } from "../../runtime/inOrder";
import { createLogger } from "../../runtime/logger";
import type { OrderServiceArgs } from "../args";
import { createStockStore } from "../handlers/environment";
import { createCounter } from "../handlers/metrics";
import { moveStock } from "../handlers/stock/moveStock";
import type { OrderData } from "../resources/orderTables";
import type { SharedSettings } from "../resources/sharedSettings";

/**
 * Creates the reader of the stock table's stream, which moves units between the Regions' shares. Only records of other Regions
 * call it: an order of this Region costs no call. A record that keeps failing goes to the dispatcher's dead-letter queue; the
 * peer's next record makes up for it.
 */
export function createMoveStock(
  name: string,
  args: Pick<OrderServiceArgs, "existingData" | "peerRegions" | "replicaRegions">,
  { shared, data, failures }: { shared: SharedSettings; data: OrderData; failures: aws.sqs.Queue },
  parent: pulumi.Resource,
): InlineFunction {
  const peerRegions = args.peerRegions ?? args.replicaRegions ?? [];
  const mover = new InlineFunction(
    `${name}-move-stock`,
    {
      description: "Moves units of counted products between the Regions' shares, by the peer's records.",
      environment: shared.environment,
      grants: [
        allow(shared.stock, "dynamodb:Query", "dynamodb:UpdateItem"),
        ...allowStreamReading(failures, data.stock.streamArn),
      ],
      timeoutSeconds: 60,
      ...shared.settingsOf("moveStock"),
      callbackFactory: () => {
        const log = createLogger("orders-move-stock");
        const count = createCounter();
        const moving = {
          store: createStockStore(),
          onMoved: (productId: string, { kind, by }: { kind: string; by: number }) =>
            log.info("Moved units", { productId, kind, units: by }),
        };
        return (event: DynamoDBStreamEvent) =>
          handleInOrder(
            event.Records,
            (record) => moveStock(record, moving),
            (record, error) => {
              log.error("A record failed", { keys: record.dynamodb?.Keys, error: error as Error });
              count("StreamRecordsFailed");
            },
          );
      },
    },
    { parent },
  );
  const newImage = {
    kind: { S: [SHARE_KIND, DELIVERY_KIND] },
    ...(peerRegions.length > 0 && { region: { S: peerRegions } }),
  };
  connectStreamReader(`${name}-stock-stream`, mover, { streamArn: data.stock.streamArn, failures, newImage }, parent);
  return mover;
}
