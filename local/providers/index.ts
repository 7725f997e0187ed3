import type { IncomingHttpHeaders } from "node:http";
import { join } from "node:path";
import { closeServer, listen } from "../servers/listen";
import { CallLog, Gates } from "./calls";
import { challengePath } from "./challengePage";
import { defaultPace, type Pace, type PaymentRecord, type ProviderSecrets, type ShipmentRecord } from "./contract";
import { controlApi } from "./controlApi";
import type { ProviderControls } from "./controls";
import { CUSTOMER_SYSTEM_PATH, CustomerSystem } from "./customerSystem";
import { Faults } from "./faults";
import { Journal } from "./journal";
import { PaymentLedger } from "./paymentLedger";
import { serveProvider } from "./providerServer";
import { toOrderRecords } from "./records";
import { paymentRoutes, shippingRoutes } from "./routes";
import { ShippingLedger } from "./shippingLedger";
import { trackingPath } from "./trackingPage";
import { WebhookSender } from "./webhooks";

export type { Call, Gate, GateOrder } from "./calls";
export * from "./contract";
export type { ProviderControls } from "./controls";
export { type CustomerSystem, customerSystemSecret, type ReceivedWebhook } from "./customerSystem";
export {
  type Fault,
  type FaultOrder,
  faultKindsOf,
  operationsOf,
} from "./faults";
export { testCards } from "./testCards";

export interface ProvidersOptions {
  /** The payment provider listens here, the shipping provider on the next port. Default 0: two free ports. */
  port?: number;
  /** Folder of the ledgers. Default: in memory only. */
  dataDir?: string;
  /** The store's own address, without a trailing slash; webhooks go to its `/api/orders/webhooks/…`. A function when it is known only later. */
  webhookUrl?: string | (() => string | undefined);
  secrets: ProviderSecrets;
  pace?: Partial<Pace>;
  log?: (line: string) => void;
}

export interface Providers {
  paymentUrl: string;
  shippingUrl: string;
  controls: ProviderControls;
  /** Receives the store's webhooks where they are on. */
  customerSystem: Pick<CustomerSystem, "received" | "refuse" | "requests">;
  customerSystemUrl: string;
  stop(): Promise<void>;
}

/** Interval at which due changes are made. */
const tickMs = 50;

/**
 * Starts the payment and the shipping provider of the local run.
 *
 * @example
 * const providers = await startProviders({ dataDir, webhookUrl: "http://127.0.0.1:8080", secrets });
 * providers.controls.fault({ system: "payment", operation: "capture", kind: "timeout-after" });
 * providers.controls.records("o-1").captures.length; // 1
 * @throws Error when a port is taken.
 */
export async function startProviders(options: ProvidersOptions): Promise<Providers> {
  const { port = 0, dataDir, webhookUrl, secrets, log = () => undefined } = options;
  const pace: Pace = { ...defaultPace, ...options.pace };
  const faults = new Faults();
  const gates = new Gates();
  const calls = new CallLog();
  const listeners = new Set<(orderId: string) => void>();
  const storeUrl = () => (typeof webhookUrl === "function" ? webhookUrl() : webhookUrl);
  const target = (system: string) => () => {
    const origin = storeUrl();
    return origin === undefined ? undefined : `${origin}/api/orders/webhooks/${system}`;
  };
  const webhooks = new WebhookSender(
    {
      payment: { url: target("payment"), secret: secrets.paymentWebhookSecret },
      shipping: { url: target("shipping"), secret: secrets.shippingWebhookSecret },
    },
    faults,
    log,
  );
  const notify = (orderId: string) => {
    for (const listener of listeners) listener(orderId);
  };

  const journal = <T>(name: string) => new Journal<T>(dataDir && join(dataDir, `${name}.jsonl`));
  const payments = new PaymentLedger(
    journal<PaymentRecord>("payments"),
    (payment) => {
      // The caller knows the effect of its own call. Only a pending payment that settles later is worth a webhook.
      const settled = payment.entries.length > 1 && payment.entries.at(-2)?.what === "pending";
      if (settled && payment.status !== "voided") webhooks.send("payment", payment.orderId);
      notify(payment.orderId);
    },
    () => pace.pendingMs,
    () => new Date(),
    (challengeId) => `${paymentUrl}${challengePath(challengeId)}`,
  );
  const shipping = new ShippingLedger(
    journal<ShipmentRecord>("shipments"),
    (shipment) => {
      if (shipment.status === "in-transit" || shipment.status === "delivered")
        webhooks.send("shipping", shipment.orderId);
      notify(shipment.orderId);
    },
    () => pace.shipmentStepMs,
    () => new Date(),
    (trackingNumber) => `${shippingUrl}${trackingPath(trackingNumber)}`,
  );

  const controls: ProviderControls = {
    fault: (order) => faults.order(order),
    clearFaults: (id) => faults.clear(id),
    faults: () => faults.list(),
    holdShipments: (orderId) => shipping.hold(orderId),
    releaseShipments: (orderId) => shipping.release(orderId),
    holds: () => shipping.holds(),
    settlePayment: (orderId) => payments.settleNow(orderId),
    redeliverWebhooks(orderId) {
      const known = { payment: payments.get(orderId), shipping: shipping.get(orderId) };
      const providers = (["payment", "shipping"] as const).filter((system) => known[system] !== undefined);
      for (const system of providers) webhooks.send(system, orderId);
      return providers;
    },
    setPace: (change) => Object.assign(pace, change),
    pace: () => ({ ...pace }),
    gate: (order) => gates.close(order),
    calls: () => calls.list(),
    allRecords: () => {
      const paymentOf = new Map(payments.list().map((payment) => [payment.orderId, payment]));
      const shipmentOf = new Map(shipping.list().map((shipment) => [shipment.orderId, shipment]));
      const orderIds = new Set([...paymentOf.keys(), ...shipmentOf.keys()]);
      return [...orderIds].map((orderId) => toOrderRecords(orderId, paymentOf.get(orderId), shipmentOf.get(orderId)));
    },
    records: (orderId) => toOrderRecords(orderId, payments.get(orderId), shipping.get(orderId)),
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };

  const control = controlApi(controls);
  const paymentServer = serveProvider(
    paymentRoutes(payments, secrets.paymentApiKey, control, storeUrl),
    faults,
    gates,
    calls,
  );
  const customerSystem = new CustomerSystem(secrets, log);
  const receiver = {
    path: CUSTOMER_SYSTEM_PATH,
    receive: (headers: IncomingHttpHeaders, body: string) => customerSystem.receive(headers, body),
  };
  const shippingServer = serveProvider(
    { ...shippingRoutes(shipping, secrets.shippingApiKey, control), receiver },
    faults,
    gates,
    calls,
  );
  // Customers open its challenge pages, and the carrier's pages of parcels, from the store's page.
  const paymentUrl = await listen(paymentServer, port, "payment provider", { hasPages: true });
  let shippingUrl: string;
  try {
    shippingUrl = await listen(shippingServer, port === 0 ? 0 : port + 1, "shipping provider", { hasPages: true });
  } catch (error) {
    await closeServer(paymentServer);
    throw error;
  }
  const clock = setInterval(() => {
    payments.settleDue();
    shipping.moveDue();
  }, tickMs);

  return {
    paymentUrl,
    shippingUrl,
    controls,
    customerSystem,
    customerSystemUrl: `${shippingUrl}${CUSTOMER_SYSTEM_PATH}`,
    async stop() {
      clearInterval(clock);
      webhooks.stop();
      await Promise.all([closeServer(paymentServer), closeServer(shippingServer)]);
    },
  };
}
