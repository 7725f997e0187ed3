export type { ExistingOrderData, OrderServiceArgs, OutsideSystemArgs, PartialWaits } from "./args";
export type { CardKey, OrderData } from "./orderData";
export { type OrderFunction, OrderService } from "./orderService";
export { ORDER_INDEXES } from "./orderStore";
export { checkOrderSettings } from "./settings";
