import type { ChaosStatus } from "../chaos";
import type { NotEmulated } from "../deployment/deployment";
import type { Fault, OrderRecords, Pace, ProviderControls } from "../providers";
import type { RegionState } from "../region";

/** One Region, as seen from outside. */
export interface RegionView {
  region: string;
  stack: string;
  endpoint: string;
  /** Whether its emulator answers. */
  up: boolean;
  /** What was done to it. */
  state: RegionState;
}

/** The Regions beside each other, what is between them, and what the world outside makes of them. */
export interface RegionsView {
  regions: RegionView[];
  link?: ChaosStatus["link"];
  /** With a domain. */
  names?: NameView[];
  checks?: CheckView[];
}

/** One of the store's names. */
export interface NameView {
  name: string;
  /** The Regions that its records lead to now; none while nothing is healthy. */
  answeredBy: string[];
}

/** One health check. */
export interface CheckView {
  name: string;
  healthy: boolean;
  /** Why, or what it is made of. */
  about: string;
}

/** One Region's item of an order. */
export interface OrderItemView {
  region: string;
  status: string;
  epoch: number;
  createdAt: string;
  updatedAt: string;
  history: { status: string; at: string; region: string; epoch: number }[];
}

/** A workflow's run, with the states it went through, oldest first. */
export interface ExecutionView {
  name: string;
  region: string;
  status: string;
  startedAt: string;
  /** States in the order they were entered. The last one is where it stands while it runs. */
  path: string[];
  error?: string;
}

export interface OrderView {
  orderId: string;
  email: string;
  total?: { amount: number; currency: string };
  lines: { name: string; quantity: number }[];
  createdAt: string;
  cancelRequestedAt?: string;
  items: OrderItemView[];
  executions: ExecutionView[];
  books: OrderRecords;
}

export interface MessageView {
  kind: "mail" | "sms";
  id: string;
  to: string;
  from?: string;
  subject?: string;
  text: string;
  at?: string;
  region: string;
}

export interface QueueView {
  name: string;
  region: string;
  /** Whether something that could not be processed ends here. */
  deadLetters: boolean;
  count: number;
  /** The newest messages' bodies. */
  messages: { body: string; at: string }[];
}

export interface LogLine {
  id: string;
  at: string;
  functionName: string;
  region: string;
  level: "debug" | "info" | "warn" | "error";
  text: string;
}

export interface OutsideView {
  faults: Fault[];
  holds: ReturnType<ProviderControls["holds"]>;
  pace: Pace;
  calls: ReturnType<ProviderControls["calls"]>;
}

/** Everything the page shows, in the parts that it is sent in. */
export interface ConsoleState {
  regions: RegionsView;
  orders: { orders: OrderView[]; total: number };
  messages: MessageView[];
  queues: QueueView[];
  logs: LogLine[];
  outside: OutsideView;
  notEmulated: NotEmulated[];
}
