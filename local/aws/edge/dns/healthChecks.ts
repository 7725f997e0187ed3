import { type DeployedResource, type Deployment, resourcesOfType } from "../../../deployment/deployment";
import { type Asked, askEndpoint } from "./endpointCheck";

/** State of a health check, for the console. */
export interface HealthCheckState {
  id: string;
  /** The resource's Pulumi name, with its stack if several are deployed. */
  name: string;
  healthy: boolean;
  /** The last result, or the counts of a calculated check. */
  about: string;
  /** Time of the last change of `healthy`, ISO 8601. */
  since: string;
}

export interface HealthChecksOptions {
  /** Resolves a checked host name to an address and the `Host` it expects; `undefined` if it does not resolve. */
  addressOf(hostName: string): { url: string; hostHeader?: string } | undefined;
  /** Times are divided by it. Default 1: as on AWS. */
  timeScale?: number;
  log(line: string): void;
}

interface Check {
  id: string;
  name: string;
  inputs: Record<string, unknown>;
  /** Result before inversion. Unknown counts as healthy until there is enough data. */
  passes: boolean;
  /** Consecutive results that contradict the current state. */
  against: number;
  said: string;
  since: string;
  timer?: NodeJS.Timeout;
  asking: boolean;
  /** Earliest next request (ms since 1970): an endpoint that timed out is still working on the last one. */
  notBefore: number;
}

/** Lower limit of scaled time-outs, so that a slow machine does not look like an unhealthy Region. */
const shortestTimeoutMs = 2_000;
const notAsked = "not asked yet";
/** Sentence about `CLOUDWATCH_METRIC` checks in the local run. */
const noMetrics = "alarms are not evaluated in the local run";

/**
 * Performs the deployments' Route 53 health checks at their interval. One checker replaces AWS's fifteen or so around the world,
 * whose majority decides.
 */
export class HealthChecks {
  private readonly checks = new Map<string, Check>();
  private readonly scale: number;
  private stopped = false;

  constructor(private readonly options: HealthChecksOptions) {
    this.scale = options.timeScale ?? 1;
  }

  /** Replaces the deployments; checks that exist already keep their state. */
  update(deployments: readonly Pick<Deployment, "stack" | "resources">[]): void {
    const wanted = new Map<string, { resource: DeployedResource; name: string }>();
    for (const deployment of deployments) {
      for (const resource of resourcesOfType(deployment, "aws:route53/healthCheck:HealthCheck")) {
        const name = deployments.length > 1 ? `${resource.name} of ${deployment.stack}` : resource.name;
        wanted.set(resource.id, { resource, name });
      }
    }
    for (const [id, check] of this.checks) {
      if (wanted.has(id)) continue;
      clearTimeout(check.timer);
      this.checks.delete(id);
    }
    for (const [id, { resource, name }] of wanted) {
      const known = this.checks.get(id);
      if (known) {
        known.inputs = resource.inputs;
        continue;
      }
      const since = new Date().toISOString();
      const check: Check = {
        id,
        name,
        inputs: resource.inputs,
        passes: true,
        against: 0,
        said: notAsked,
        since,
        asking: false,
        notBefore: 0,
      };
      this.checks.set(id, check);
      if (this.asks(check)) this.plan(check, 0);
    }
  }

  /** Evaluates a check as Route 53 does: inversion, children, "disabled means healthy". An unknown check is healthy. */
  isHealthy(id: string, seen: readonly string[] = []): boolean {
    const check = this.checks.get(id);
    if (!check || seen.includes(id)) return true;
    const inverted = check.inputs["invertHealthcheck"] === true;
    if (check.inputs["disabled"] === true) return !inverted;
    return this.passes(check, [...seen, id]) !== inverted;
  }

  states(): HealthCheckState[] {
    return [...this.checks.values()].map((check) => {
      const healthy = this.isHealthy(check.id);
      const { id, name, since } = check;
      return { id, name, healthy, about: this.about(check), since };
    });
  }

  stop(): void {
    this.stopped = true;
    for (const { timer } of this.checks.values()) clearTimeout(timer);
  }

  private asks({ inputs }: Check): boolean {
    return /^(HTTP|TCP)/.test(String(inputs["type"]));
  }

  private passes(check: Check, seen: readonly string[]): boolean {
    if (check.inputs["type"] === "CLOUDWATCH_METRIC")
      return check.inputs["insufficientDataHealthStatus"] !== "Unhealthy";
    if (check.inputs["type"] !== "CALCULATED") return check.passes;
    return this.healthyChildren(check, seen) >= Number(check.inputs["childHealthThreshold"] ?? 0);
  }

  private healthyChildren({ inputs }: Check, seen: readonly string[]): number {
    const children = (inputs["childHealthchecks"] ?? []) as string[];
    return children.filter((child) => this.isHealthy(child, seen)).length;
  }

  private about(check: Check): string {
    const { inputs } = check;
    if (inputs["disabled"] === true) return "disabled";
    if (inputs["type"] === "CLOUDWATCH_METRIC") return noMetrics;
    if (inputs["type"] === "CALCULATED") {
      const children = ((inputs["childHealthchecks"] ?? []) as string[]).length;
      return `${this.healthyChildren(check, [check.id])} of ${children} healthy, ${String(inputs["childHealthThreshold"])} needed`;
    }
    const inverted = inputs["invertHealthcheck"] === true ? ", inverted" : "";
    return `${String(inputs["fqdn"] ?? inputs["ipAddress"])}${String(inputs["resourcePath"] ?? "")}: ${check.said}${inverted}`;
  }

  private plan(check: Check, afterMs: number): void {
    if (this.stopped) return;
    check.timer = setTimeout(() => {
      this.plan(check, (Number(check.inputs["requestInterval"] ?? 30) * 1000) / this.scale);
      // A checker sends requests without waiting for the last response, but each response counts once.
      if (!check.asking && Date.now() >= check.notBefore) void this.ask(check);
    }, afterMs).unref();
  }

  private async ask(check: Check): Promise<void> {
    check.asking = true;
    const startedAt = Date.now();
    try {
      const { inputs } = check;
      const host = String(inputs["fqdn"] ?? inputs["ipAddress"]);
      const address = this.options.addressOf(host);
      const asked: Asked = address
        ? await askEndpoint(
            {
              url: address.url,
              host: address.hostHeader ?? host,
              path: String(inputs["resourcePath"] ?? "/"),
              type: String(inputs["type"]),
              searchString: inputs["searchString"] as string | undefined,
            },
            (ms) => Math.max(ms / this.scale, Math.min(ms, shortestTimeoutMs)),
          )
        : { ok: false, said: "the name does not resolve" };
      this.count(check, asked);
      // Scaled time must not produce more requests than a slow machine can handle.
      if (this.scale > 1 && !asked.ok) check.notBefore = Date.now() + (Date.now() - startedAt);
    } finally {
      check.asking = false;
    }
  }

  private count(check: Check, { ok, said }: Asked): void {
    const isFirst = check.said === notAsked;
    check.said = said;
    // Route 53 reports a new inverted check unhealthy until it has enough data. Here only the run is new, not the check.
    if (isFirst && !ok && check.inputs["invertHealthcheck"] === true) check.passes = false;
    if (ok === check.passes) {
      check.against = 0;
      return;
    }
    check.against += 1;
    if (check.against < Number(check.inputs["failureThreshold"] ?? 3)) return;
    check.passes = ok;
    check.against = 0;
    check.since = new Date().toISOString();
    this.options.log(`dns: health check ${check.name}: ${ok ? "passes" : "fails"} (${said})`);
  }
}
