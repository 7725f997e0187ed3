import { execFileSync } from "node:child_process";
import { Lambda } from "@aws-sdk/client-lambda";
import type { OrderItem } from "../../../domain/order";
import type { FunctionCall } from "../../aws/traces";
import { resourcesOfType } from "../../deployment/deployment";
import type { ProviderControls } from "../../providers";
import type { RegionClients } from "../regionClients";

export interface OrderActionSources {
  regions: readonly RegionClients[];
  providers: ProviderControls;
  callsOf(orderId: string): FunctionCall[];
  /** Calls the listener when a function begins a call. Returns the function that ends this. */
  onBegin(listener: (call: FunctionCall, subjects: ReadonlySet<string>) => void): () => void;
  items(orderId: string): Promise<OrderItem[]>;
  /** @param orderId order that the event belongs to. */
  onEvent(what: string, orderId?: string): void;
  /** Shows that something is awaited, until the returned function is called. */
  begin(subject: string, what: string): () => void;
}

/** Milliseconds of a function's call from the console. */
const INVOKE_MS = 60_000;
/** Milliseconds that a kill waits for the order's next function. */
const ARMED_MS = 120_000;

/** Operations of an operator on one order. Each method returns a sentence about its result. */
export class OrderActions {
  private readonly armed = new Map<string, () => void>();

  constructor(private readonly sources: OrderActionSources) {}

  /** Requests the cancellation as the customer would: by the function of the API route, under the customer's id. */
  async cancel(orderId: string): Promise<string> {
    const [item] = await this.sources.items(orderId);
    if (item === undefined) throw new RangeError(`No Region that answers has the order ${orderId}.`);
    const region = this.up().find(({ deployment }) => deployment.region === item.region) ?? this.up()[0];
    if (region === undefined) throw new RangeError("No Region is up: nothing can cancel the order.");
    const path = `/api/orders/${orderId}/cancel`;
    const answer = (await this.invoke(region, "cancel", {
      version: "2.0",
      rawPath: path,
      headers: {},
      pathParameters: { orderId },
      requestContext: {
        requestId: `console-${Date.now()}`,
        http: { method: "POST", path },
        authorizer: { lambda: { customerId: item.customerId, groups: "customers" } },
      },
    })) as { statusCode?: number; body?: string };
    const { detail } = JSON.parse(answer.body || "{}") as { detail?: string };
    if ((answer.statusCode ?? 500) >= 400) throw new RangeError(detail ?? `The store answered ${answer.statusCode}.`);
    this.sources.onEvent(`cancellation of order ${orderId} requested`, orderId);
    return "The cancellation is requested.";
  }

  /**
   * Runs the sweeper of each Region that is up: it restarts stalled orders.
   *
   * @param orderId order from whose page it was requested.
   */
  async sweep(orderId?: string): Promise<string> {
    const up = this.up();
    if (up.length === 0) throw new RangeError("No Region is up: nothing can sweep.");
    await Promise.all(up.map((region) => this.invoke(region, "sweeper", {})));
    const names = up.map(({ deployment }) => deployment.region).join(" and ");
    this.sources.onEvent(`the sweeper ran in ${names}`, orderId);
    return `The sweeper ran in ${names}.`;
  }

  /** Sends the providers' webhooks of the order again. */
  redeliver(orderId: string): string {
    const providers = this.sources.providers.redeliverWebhooks(orderId);
    if (providers.length === 0)
      throw new RangeError("No provider has a record of this order yet, so there is no webhook to send.");
    this.sources.onEvent(`webhooks of order ${orderId} sent again (${providers.join(", ")})`, orderId);
    return `Sent again: ${providers.join(" and ")} webhook.`;
  }

  /**
   * Kills the process of the function that works on the order now; without one, of the next that begins within two minutes.
   * SIGKILL, as when a machine fails.
   */
  kill(orderId: string): string {
    const running = this.sources.callsOf(orderId).find((call) => call.endAt === undefined && this.isAlive(call));
    if (running) return this.killCall(orderId, running);
    this.armed.get(orderId)?.();
    const disarm = this.sources.onBegin((call, subjects) => {
      if (!subjects.has(orderId)) return;
      this.armed.get(orderId)?.();
      if (this.isAlive(call)) this.killCall(orderId, call);
    });
    const timer = setTimeout(() => {
      this.armed.get(orderId)?.();
      this.sources.onEvent(`no function began to work for two minutes, so none was killed`, orderId);
    }, ARMED_MS);
    timer.unref();
    const end = this.sources.begin(orderId, "the next function that works on it is killed");
    this.armed.set(orderId, () => {
      clearTimeout(timer);
      disarm();
      end();
      this.armed.delete(orderId);
    });
    return "No function works on the order at this moment: the next one is killed when it begins.";
  }

  private killCall(orderId: string, call: FunctionCall): string {
    const { pid, region } = call;
    const functionName = this.toResourceName(call);
    process.kill(pid!, "SIGKILL");
    const what = `${functionName} in ${region} was killed while it worked on order ${orderId}`;
    this.sources.onEvent(what, orderId);
    return `${functionName} in ${region} was killed.`;
  }

  /** Name as on the timeline, such as `orders-ship`. */
  private toResourceName({ region, functionName }: FunctionCall): string {
    const found = this.sources.regions
      .filter(({ deployment }) => deployment.region === region)
      .flatMap(({ deployment }) => resourcesOfType(deployment, "aws:lambda/function:Function"))
      .find(({ outputs, id }) => String(outputs["name"] ?? id) === functionName);
    return found?.name.replace(/-function$/, "") ?? functionName;
  }

  /** Process ids are used again: the process must be a function's environment of this store. */
  private isAlive({ pid, region }: FunctionCall): boolean {
    if (pid === undefined || pid <= 1 || !this.up().some(({ deployment }) => deployment.region === region))
      return false;
    try {
      return /node/.test(
        execFileSync("ps", ["-o", "command=", "-p", String(pid)], { encoding: "utf8", timeout: 2_000 }),
      );
    } catch {
      return false;
    }
  }

  private up(): RegionClients[] {
    return this.sources.regions.filter((region) => region.isUp());
  }

  /** Calls a function of the order service, found by the end of its resource's name. */
  private async invoke({ deployment }: RegionClients, name: string, event: object): Promise<unknown> {
    const { region, endpoint, credentials } = deployment;
    const found = resourcesOfType(deployment, "aws:lambda/function:Function").find(({ name: resource }) =>
      resource.replace(/-function$/, "").endsWith(`orders-${name}`),
    );
    if (found === undefined) throw new RangeError(`${region} has no function orders-${name}.`);
    const lambda = new Lambda({
      region,
      endpoint,
      credentials,
      maxAttempts: 1,
      requestHandler: { requestTimeout: INVOKE_MS },
    });
    try {
      const { FunctionError, Payload } = await lambda.invoke({
        FunctionName: String(found.outputs["name"] ?? found.id),
        Payload: Buffer.from(JSON.stringify(event)),
      });
      const answer = Buffer.from(Payload ?? []).toString("utf8");
      if (FunctionError) throw new Error(`${name} failed: ${answer.slice(0, 300)}`);
      return JSON.parse(answer || "null") as unknown;
    } finally {
      lambda.destroy();
    }
  }
}
