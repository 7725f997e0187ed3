export type {
  ComposeInvoice,
  CustomerStatus,
  InvoicedOrder,
  Mail,
  NotificationTexts,
  NotifiedOrder,
  NotifiedRefund,
  RefundNotification,
  ReportedChange,
  ReportedRefund,
  ReviewAnswer,
  ReviewedOrder,
  ShippedGoods,
  ShippingMethod,
  TaxedPart,
  TaxRate,
  TaxRules,
} from "../../domain/order";
export type {
  ExistingOrderData,
  NotificationWebhookArgs,
  OrderMailArgs,
  OrderReviewArgs,
  OrderServiceArgs,
  PartialWaits,
} from "./args";
export { ORDER_INDEXES } from "./handlers/orderStore";
export type { OrderCheck } from "./handlers/steps/review";
export type { OrderWebhook } from "./notifications/webhook";
export type { OrderFunction } from "./orderFunctions";
export { OrderService } from "./orderService";
export { type CheckoutElement, type StripeArgs, type StripePaymentArgs, stripe } from "./payment/stripe/resources";
export type { CardKey, OrderData } from "./resources/orderTables";
export { checkOrderSettings } from "./resources/sharedSettings";
