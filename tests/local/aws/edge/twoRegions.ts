import { createServer, type Server } from "node:http";
import type { Socket } from "node:net";
import type { DeployedResource, Deployment } from "../../../../local/deployment/deployment";
import { closeServer, listen } from "../../../../local/servers/listen";

const zoneId = "Z0123456789ABCDEFGHIJ";
export const domain = "api.stayopen.test";

/** Stand-in for a Region's emulator, and its failures. */
export interface FakeRegion {
  region: string;
  deployment: Deployment;
  /** Status of health responses by path; 200 unless set. */
  statuses: Record<string, number>;
  /** Received requests, as `METHOD host/path`. */
  heard: string[];
  kill(): Promise<void>;
  /** Listens on the same port again. */
  comeBack(): Promise<void>;
  /** Accepts connections without responding. */
  freeze(): void;
  thaw(): void;
  stop(): Promise<void>;
}

type Inputs = Record<string, unknown>;
/** The policy argument of the Region's own record of `orders.api.…`. */
export type PolicyOf = (region: string) => Inputs;

const failover: PolicyOf = (region) => ({
  failoverRoutingPolicies: [{ type: region === "us-east-1" ? "PRIMARY" : "SECONDARY" }],
});

/** Resources of a Region: a custom name for orders, its own name, records, and the health checks by itself and by its peer. */
export async function fakeRegion(region: string, peer: string, policy: PolicyOf = failover): Promise<FakeRegion> {
  const statuses: Record<string, number> = { [`/regions/${peer}/drained`]: 404 };
  const heard: string[] = [];
  const sockets = new Set<Socket>();
  let frozen = false;
  const open = (): Server => {
    const server = createServer((request, response) => {
      if (frozen) return;
      const { method, url = "", headers } = request;
      heard.push(`${method} ${headers.host}${url}`);
      response.writeHead(statuses[url] ?? 200, { "content-type": "application/json" });
      response.end(method === "HEAD" ? undefined : JSON.stringify({ region }));
    });
    server.on("connection", (socket) => {
      sockets.add(socket);
      socket.once("close", () => sockets.delete(socket));
    });
    return server;
  };
  let server = open();
  const endpoint = await listen(server, 0, "fake Region", { isOwnHost: () => true });
  const down = async () => {
    if (!server.listening) return;
    for (const socket of sockets) socket.destroy();
    await closeServer(server);
  };
  return {
    region,
    deployment: {
      stack: region === "us-east-1" ? "prod-east" : "prod-west",
      region,
      endpoint,
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
      resources: resourcesIn(region, peer, policy),
      outputs: {},
      notEmulated: [],
    },
    statuses,
    heard,
    kill: down,
    async comeBack() {
      server = open();
      await listen(server, Number(new URL(endpoint).port), "fake Region", { isOwnHost: () => true });
    },
    freeze() {
      frozen = true;
    },
    thaw() {
      frozen = false;
      for (const socket of sockets) socket.destroy();
    },
    stop: down,
  };
}

export function resource(type: string, id: string, inputs: Inputs, outputs: Inputs = {}): DeployedResource {
  return { urn: `urn:${type}:${id}`, type, name: id, id, inputs, outputs: { ...inputs, ...outputs } };
}

function resourcesIn(region: string, peer: string, policy: PolicyOf): DeployedResource[] {
  const custom = (name: string) => {
    const targetDomainName = `d-${name.replaceAll(".", "-")}.execute-api.${region}.amazonaws.com`;
    return {
      alias: { name: targetDomainName, zoneId: "Z1", evaluateTargetHealth: false },
      made: resource(
        "aws:apigatewayv2/domainName:DomainName",
        `${name} in ${region}`,
        { domainName: name },
        {
          domainNameConfiguration: { targetDomainName },
        },
      ),
    };
  };
  const own = custom(`${region}.${domain}`);
  const orders = custom(`orders.${domain}`);
  const check = (id: string, inputs: Inputs) => resource("aws:route53/healthCheck:HealthCheck", id, inputs);
  const https = { type: "HTTPS", port: 443, requestInterval: 10, failureThreshold: 3 };
  const record = (id: string, inputs: Inputs) =>
    resource("aws:route53/record:Record", id, { zoneId, type: "A", ...inputs });
  return [
    own.made,
    orders.made,
    check(`own-${region}`, { ...https, fqdn: `${region}.${domain}`, resourcePath: "/health" }),
    check(`peer-${region}`, {
      ...https,
      fqdn: `${peer}.${domain}`,
      resourcePath: `/regions/${region}/drained`,
      invertHealthcheck: true,
    }),
    check(`both-${region}`, {
      type: "CALCULATED",
      childHealthThreshold: 2,
      childHealthchecks: [`own-${region}`, `peer-${region}`],
    }),
    record(`own-name-${region}`, { name: `${region}.${domain}`, aliases: [own.alias] }),
    record(`orders-${region}`, {
      name: `orders.${domain}`,
      setIdentifier: region,
      healthCheckId: `both-${region}`,
      aliases: [orders.alias],
      ...policy(region),
    }),
  ];
}
