import { FEW_LEFT } from "../../../domain/stock";
import { allow, reference } from "../../inlineFunction";
import type { SearchServiceArgs, StockTable } from "../args";

/** Environment of the functions that show stock (`createStockReader`). */
export const stockSettings = ({ stock, fewLeft }: Pick<SearchServiceArgs, "stock" | "fewLeft">) =>
  stock && { STOCK_TABLE: stock.name, FEW_LEFT: String(fewLeft ?? FEW_LEFT) };

/** Permission to read the shares of one product at a time. */
export const readingStock = (stock: StockTable | undefined) =>
  stock ? [allow(reference("dynamodb:table", stock.arn), "dynamodb:Query")] : [];
