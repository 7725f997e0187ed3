import type { OrderItem } from "../../domain/order";
import type { ChaosStatus } from "../chaos";
import type { NotEmulated } from "../deployment/deployment";
import type { Fault, OrderRecords, Pace, ProviderControls, testCards } from "../providers";
import type { RegionState } from "../region";
import type { EventsView } from "./eventLog";
import type { DemoView } from "./load/demo";
import type { LoadView } from "./load/load";
import type { PulseView } from "./pulse";

interface RegionView {
  region: string;
  stack: string;
  endpoint: string;
  /** The emulator answers. */
  up: boolean;
  /** Result of the actions on the Region. */
  state: RegionState;
}

/** Regions, the link between them, DNS and health checks. */
export interface RegionsView {
  regions: RegionView[];
  link?: ChaosStatus["link"];
  /** With a domain. */
  names?: NameView[];
  checks?: CheckView[];
}

/** A DNS name of the store. */
interface NameView {
  name: string;
  /** Regions that its records lead to; none if nothing is healthy. */
  answeredBy: string[];
}

interface CheckView {
  name: string;
  healthy: boolean;
  /** Reason, or what the check consists of. */
  about: string;
}

export interface ExecutionView {
  name: string;
  region: string;
  status: string;
  startedAt: string;
  /** States in the order they were entered; the last one is current while the execution runs. */
  path: string[];
  error?: string;
}

export interface OrderView {
  orderId: string;
  cancelRequestedAt?: string;
  /** One item a Region. */
  items: OrderItem[];
  executions: ExecutionView[];
  records: OrderRecords;
}

export interface MessageView {
  kind: "mail" | "sms" | "webhook";
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
  /** The queue is the dead-letter queue of another resource. */
  deadLetters: boolean;
  count: number;
  /** Newest messages. */
  messages: { body: string; at: string }[];
}

export interface LogLine {
  id: string;
  at: string;
  functionName: string;
  region: string;
  level: "debug" | "info" | "warn" | "error";
  /** Message with its fields. */
  text: string;
  /** Orders that the line names. */
  orderIds: string[];
}

interface ProvidersView {
  faults: Fault[];
  holds: ReturnType<ProviderControls["holds"]>;
  pace: Pace;
  calls: ReturnType<ProviderControls["calls"]>;
}

/** Operations of the page, and fixed lists. */
export interface PageSettings {
  storeUrl?: string;
  testCards: typeof testCards;
  operations: Readonly<Record<string, readonly string[]>>;
  faultKinds: Record<string, string[]>;
  /** Names, the primary first. */
  regions: string[];
  /** Regions can be killed and so on. */
  chaos: boolean;
  /** Orders can be generated. */
  load: boolean;
  /** Present if the page shows a recording. `savedAt` is ISO 8601, UTC. */
  recording?: { title: string; savedAt: string };
}

/** Everything the page shows, by the parts that are sent separately. */
export interface ConsoleState {
  regions: RegionsView;
  pulse: PulseView;
  load: { load?: LoadView; demo?: DemoView };
  events: EventsView;
  orders: { orders: OrderView[]; total: number };
  messages: MessageView[];
  queues: QueueView[];
  logs: LogLine[];
  providers: ProvidersView;
  notEmulated: NotEmulated[];
}
