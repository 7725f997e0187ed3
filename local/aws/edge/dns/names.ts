import { type Deployment, resourcesOfType } from "../../../deployment/deployment";
import { emulatedOrigin } from "../originAddresses";
import type { OriginAddress } from "../webOrigin";
import { type HealthCheckState, HealthChecks } from "./healthChecks";
import { type DnsRecord, plainName, recordsOf } from "./records";

export type NamedDeployment = Pick<Deployment, "stack" | "region" | "endpoint" | "resources">;

export interface NamesOptions {
  /** Times are divided by it. Default 1: as on AWS. */
  timeScale?: number;
  /** Region nearest to the resolver, for latency records. Default: the first deployment's. */
  nearRegion?: string;
  log(line: string): void;
}

/** Current answer of a name, for the console. */
export interface NameState {
  name: string;
  /** `failover`, `latency`, `weighted` or `simple`. */
  policy: string;
  /** Regions of the current answer: several with weighted records. */
  answeredBy: string[];
  records: { setIdentifier?: string; region?: string; healthy: boolean }[];
}

export interface DnsState {
  names: NameState[];
  checks: HealthCheckState[];
}

interface Answer {
  /** End of the alias chain: a name of AWS, or an address. */
  target: string;
  ttlSeconds: number;
}

/** Time to live of Route 53's aliases to API Gateway and CloudFront. */
const aliasTtlSeconds = 60;
const longestChain = 8;

/**
 * Answers the store's own names as Route 53 would, from the deployments' records and health checks, and caches answers for their
 * time to live as a resolver does.
 */
export class Names {
  private records = new Map<string, DnsRecord[]>();
  private deployments: readonly NamedDeployment[] = [];
  private readonly checks: HealthChecks;
  private readonly remembered = new Map<string, { answer: Answer; until: number }>();
  private readonly scale: number;

  constructor(
    deployments: readonly NamedDeployment[],
    private readonly options: NamesOptions,
  ) {
    this.scale = options.timeScale ?? 1;
    this.checks = new HealthChecks({ ...options, addressOf: (host) => this.addressNow(host) });
    this.update(deployments);
  }

  /** Replaces the records, checks and addresses by those of these deployments. */
  update(deployments: readonly NamedDeployment[]): void {
    this.deployments = deployments;
    this.records = recordsOf(deployments);
    for (const name of this.remembered.keys()) if (!this.records.has(name)) this.remembered.delete(name);
    this.checks.update(deployments);
  }

  /** Returns true if the deployments have a record of this name. */
  has(name: string): boolean {
    return this.records.has(plainName(name));
  }

  /** Resolves a name to an emulator and the `Host` it expects, by an answer that may be as old as its time to live. */
  addressOf(name: string): OriginAddress | undefined {
    const key = plainName(name);
    const known = this.remembered.get(key);
    if (known && known.until > Date.now()) return this.addressAt(key, known.answer);
    const answer = this.answer(key);
    if (!answer) return undefined;
    const until = Date.now() + (answer.ttlSeconds * 1000) / this.scale;
    this.remembered.set(key, { answer, until });
    return this.addressAt(key, answer);
  }

  /** Returns the Region to which a name resolves now. */
  regionOf(name: string): string | undefined {
    const answer = this.answer(plainName(name));
    return answer && regionOfTarget(answer.target);
  }

  state(): DnsState {
    const names = [...this.records].map(([name, records]): NameState => {
      const chosen = this.candidates(records);
      const regions = (of: readonly DnsRecord[]) => [
        ...new Set(of.map((record) => this.regionOfRecord(record)).filter((region) => region !== undefined)),
      ];
      return {
        name,
        policy: records[0]?.policy.kind ?? "simple",
        answeredBy: regions(chosen),
        records: records.map((record) => ({
          setIdentifier: record.setIdentifier,
          region: this.regionOfRecord(record),
          healthy: this.isHealthy(record),
        })),
      };
    });
    // The page needs no names without a target, such as ACM's validation records.
    return { names: names.filter(({ records }) => records.some(({ region }) => region)), checks: this.checks.states() };
  }

  stop(): void {
    this.checks.stop();
  }

  /** Resolves a name without the cache, as a health checker does. */
  private addressNow(host: string): OriginAddress | undefined {
    const key = plainName(host);
    if (!this.records.has(key)) return emulatedOrigin(this.deployments)(key);
    const answer = this.answer(key);
    return answer && this.addressAt(key, answer);
  }

  /**
   * Returns an address only for custom names that the Region's API serves. On AWS the TLS handshake fails for any other name; here
   * the name does not resolve.
   */
  private addressAt(host: string, { target }: Answer): OriginAddress | undefined {
    const region = regionOfTarget(target);
    const deployment = this.deployments.find((one) => one.region === region);
    if (!deployment) return undefined;
    const serves = this.deployments
      .flatMap((one) => resourcesOfType(one, "aws:apigatewayv2/domainName:DomainName"))
      .some(({ outputs }) => {
        const { targetDomainName } = outputs["domainNameConfiguration"] as { targetDomainName?: string };
        return plainName(outputs["domainName"]) === host && plainName(targetDomainName) === target;
      });
    return serves ? { url: deployment.endpoint, hostHeader: host } : undefined;
  }

  private answer(name: string, depth = 0): Answer | undefined {
    const records = this.records.get(name);
    if (!records || depth > longestChain) return undefined;
    const record = this.choose(this.candidates(records));
    if (!record) return undefined;
    if (record.alias) {
      if (this.records.has(record.alias.name)) return this.answer(record.alias.name, depth + 1);
      return { target: record.alias.name, ttlSeconds: aliasTtlSeconds };
    }
    const [value = ""] = record.values;
    if (record.type !== "CNAME") return { target: value, ttlSeconds: record.ttlSeconds };
    const further = this.answer(value, depth + 1);
    return {
      target: further?.target ?? value,
      ttlSeconds: Math.min(record.ttlSeconds, further?.ttlSeconds ?? aliasTtlSeconds),
    };
  }

  /** Returns the records eligible for an answer. If none is healthy, Route 53 treats all as healthy. */
  private candidates(records: readonly DnsRecord[]): DnsRecord[] {
    const healthy = records.filter((record) => this.isHealthy(record));
    const kind = records[0]?.policy.kind;
    if (kind === "failover") {
      const [primary] = records.filter(({ policy }) => policy.kind === "failover" && policy.role === "PRIMARY");
      const [secondary] = records.filter(({ policy }) => policy.kind === "failover" && policy.role === "SECONDARY");
      const isUp = (record: DnsRecord | undefined) => record !== undefined && healthy.includes(record);
      const chosen = isUp(primary) || !isUp(secondary) ? (primary ?? secondary) : secondary;
      return chosen ? [chosen] : [];
    }
    if (kind === "latency") {
      const among = healthy.length > 0 ? healthy : records;
      const near = this.options.nearRegion ?? this.deployments[0]?.region;
      const nearest = among.find(({ policy }) => policy.kind === "latency" && policy.region === near) ?? among[0];
      return nearest ? [nearest] : [];
    }
    if (kind === "weighted") {
      const weight = ({ policy }: DnsRecord) => (policy.kind === "weighted" ? policy.weight : 0);
      const weighted = healthy.filter((record) => weight(record) > 0);
      if (weighted.length > 0) return weighted;
      // Records of weight 0 count if no other is healthy; if none is healthy at all, every record counts.
      if (healthy.length > 0) return healthy;
      const all = records.filter((record) => weight(record) > 0);
      return all.length > 0 ? all : [...records];
    }
    return records.slice(0, 1);
  }

  private choose(candidates: readonly DnsRecord[]): DnsRecord | undefined {
    const weights = candidates.map(({ policy }) => (policy.kind === "weighted" ? policy.weight : 1));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    if (total === 0) return candidates[Math.floor(Math.random() * candidates.length)];
    let drawn = Math.random() * total;
    return candidates.find((_, index) => {
      drawn -= weights[index] ?? 0;
      return drawn < 0;
    });
  }

  private isHealthy({ healthCheckId, alias }: DnsRecord, depth = 0): boolean {
    if (healthCheckId !== undefined && !this.checks.isHealthy(healthCheckId)) return false;
    const targets = alias?.evaluateTargetHealth ? this.records.get(alias.name) : undefined;
    if (!targets || depth > longestChain) return true;
    return targets.some((target) => this.isHealthy(target, depth + 1));
  }

  private regionOfRecord({ alias, values }: DnsRecord): string | undefined {
    const target = alias?.name ?? values[0] ?? "";
    return regionOfTarget(target) ?? (this.records.has(target) ? this.regionOf(target) : undefined);
  }
}

/** Returns the Region in an API's Regional name. */
function regionOfTarget(target: string): string | undefined {
  return /^d-[\w-]+\.execute-api\.([\w-]+)\.amazonaws\.com$/.exec(target)?.[1];
}
