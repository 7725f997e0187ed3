import { documentClient } from "./clients";
import { StockReader } from "./index/shownStock";

/** Creates the reader of stock from the component's environment variables; `undefined` if the store shows no stock. */
export function createStockReader(): StockReader | undefined {
  const { STOCK_TABLE: table, FEW_LEFT: fewLeft, AWS_REGION: region = "" } = process.env;
  return table ? new StockReader({ client: documentClient(), table, region, fewLeft: Number(fewLeft) }) : undefined;
}
