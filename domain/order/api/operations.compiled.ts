import { compileOperation } from "../../http/compileOperation";
import { orderApi } from "./openapi";

/** Checks of the API's requests. A bundle has those that its function uses, as generated code. */
export const placeOrder = compileOperation(orderApi, "placeOrder");
export const quoteOrder = compileOperation(orderApi, "quoteOrder");
export const listOrders = compileOperation(orderApi, "listOrders");
export const getOrder = compileOperation(orderApi, "getOrder");
export const cancelOrder = compileOperation(orderApi, "cancelOrder");
export const saveAddress = compileOperation(orderApi, "saveAddress");
export const removeAddress = compileOperation(orderApi, "removeAddress");
export const getShares = compileOperation(orderApi, "getShares");
export const putDelivery = compileOperation(orderApi, "putDelivery");
export const refundOrder = compileOperation(orderApi, "refundOrder");
export const listPlacedOrders = compileOperation(orderApi, "listPlacedOrders");
export const listRefunds = compileOperation(orderApi, "listRefunds");
export const getInvoice = compileOperation(orderApi, "getInvoice");
export const getCreditNote = compileOperation(orderApi, "getCreditNote");
export const paymentUpdated = compileOperation(orderApi, "paymentUpdated");
export const shipmentUpdated = compileOperation(orderApi, "shipmentUpdated");

/** The API's description as it is served: a function that starts builds no document. */
export const description = JSON.stringify(orderApi);
