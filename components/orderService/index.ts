export type { ExistingOrderData, OrderServiceArgs, PartialWaits, ProviderArgs as OutsideSystemArgs } from "./args";
export type { CardKey, OrderData } from "./orderData";
export { type OrderFunction, OrderService } from "./orderService";
export { ORDER_INDEXES } from "./orderStore";
export { checkOrderSettings } from "./settings";
