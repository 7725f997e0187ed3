/** Names that the examples of the domain and of the commands use without declaring them. Those examples are compiled only. */

import type { Account, CustomerItem } from "../../domain/auth/directory";
import type { SignedIn } from "../../domain/auth/signedIn";
import type { Mailed } from "../../domain/auth/signInCode";
import type {
  CreditedRefund,
  HistoryEntry,
  NotifiedRefund,
  OrderItem,
  OrderTableItem,
  Partition,
  PaymentMeans,
  PaymentProvider,
  PricedProduct,
  Write,
} from "../../domain/order";
import type { PeerObservation, RegionItem } from "../../domain/region";
import type { Deployment } from "../../local/deployment/deployment";

export { grantedOf } from "../../cli/leastPrivilege/granted";
export { problem } from "../../domain/http";
export { effectiveItem, supersede } from "../../domain/order";
export { type OrderRequest, orderApi } from "../../domain/order/api/openapi";
export * as operations from "../../domain/order/api/operations.compiled";
export { FAILOVER_TIMINGS } from "../../domain/region";
export { readAccessLog } from "../../local/aws/network/accessLog";

export declare const now: string;
export declare const person: string;
export declare const account: Account;
export declare const caller: SignedIn;
export declare const directory: { items(person: string): Promise<CustomerItem[]> };
export declare const store: {
  mailed(person: string): Promise<Mailed | undefined>;
  write(change: Write<OrderItem>): Promise<boolean>;
};
export declare const row: unknown;
export declare const line: number;
export declare const report: (line: number, reasons: readonly string[]) => void;
export declare const [theirs, ours, own, order]: [OrderItem, OrderItem, OrderItem, OrderItem];
export declare const items: (OrderTableItem & RegionItem)[];
export declare const refund: CreditedRefund & NotifiedRefund;
export declare const history: HistoryEntry[];
export declare const partition: Partition;
export declare const products: PricedProduct[];
export declare const provider: PaymentProvider;
export declare const means: PaymentMeans;
export declare const observation: PeerObservation;
export declare const invoke: (name: string, input: object) => Promise<void>;
export declare const takeover: string;
export declare const peer: string;
export declare const deployment: Deployment;
export declare const file: string;
