/** The functions by what they do, with the time-outs that a program may set. */
export const ORDER_FUNCTIONS = {
  submit: [10, 29],
  read: [10, 29],
  cancel: [10, 29],
  /** Keeps customers' saved addresses, and records their requests to delete the account. */
  account: [10, 29],
  /** Takes partial refunds from merchandisers. */
  refund: [10, 29],
  /** Has the payment provider make partial refunds. */
  refunder: "fixed",
  webhooks: [10, 29],
  /** Works on payment webhooks after their answer. */
  resume: [10, 60],
  health: "fixed",
  /** Answers as `GET /api/orders/health` does, with no route that leads to it: for `RegionalFailover`. */
  check: "fixed",
  authorize: "fixed",
  /** Asks the store's own check. */
  review: "fixed",
  settle: "fixed",
  ship: "fixed",
  dispatcher: "fixed",
  sweeper: "fixed",
  /** Erases customers: at their own request, and every hour what is left. */
  eraser: "fixed",
  /** Takes another Region's open orders over; called with `{ from: REGION }`. */
  takeover: "fixed",
  /** Moves units of counted products between the Regions' shares. */
  moveStock: "fixed",
  /** Less than the minute for which it claims a notification. */
  notifier: [30, 55],
  invoice: [15, 29],
  /** Shows and changes the units of counted products for merchandisers. */
  stock: [10, 29],
  invoicer: [30, 120],
} as const;

/** Names of the functions. */
export type OrderFunction = keyof typeof ORDER_FUNCTIONS;
