import { appendFileSync } from "node:fs";
import { request as httpRequest, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer } from "node:https";
import { type Duplex, pipeline } from "node:stream";
import { type Deployment, resourcesOfType } from "../../deployment/deployment";
import { freePort } from "../../servers/ports";
import { refuseForeignPages } from "../../servers/refuseForeignPages";
import type { AccessDecision } from "./accessLog";
import type { Certificates } from "./certificates";
import { functionSessions, rolePolicies } from "./functionSessions";
import { isAllowed } from "./policyEvaluation";
import { type SecretOf, verifySignature } from "./signature";

export interface SearchGatewayOptions {
  certificates: Certificates;
  region: string;
  /** URL of the engine. */
  engineUrl: string;
  /** Preferred port. Default, and if it is taken: a free one. */
  port?: number;
  /** Changes a request's body before the engine gets it. Default: leaves it as it is. */
  rewrite?(method: string, url: string, body: Buffer): Buffer;
  /** File for every decision on a role's request, as JSON lines. Default: none. */
  accessLog?: string;
  log(line: string): void;
}

/** Front end of OpenSearch Service: TLS, signatures and the roles' permissions. */
export interface SearchGateway {
  /** `localhost:PORT`, the domain's endpoint. */
  endpoint: string;
  port: number;
  /** Applies the functions and policies of this deployment. Earlier requests are answered with 503. */
  serve(deployment: Deployment): void;
  stop(): Promise<void>;
}

interface Rights {
  domainArn: string;
  domainPolicies: string[];
  policiesOf: Map<string, string[]>;
  sessions: ReturnType<typeof functionSessions>;
  root: Deployment["credentials"];
}

/** OpenSearch Service's limit for the smaller instance types. */
const bodyLimitBytes = 10 * 1024 * 1024;
const engineTimeoutMs = 60_000;

/** Starts the gateway of the one search domain of a Region. */
export async function startSearchGateway(options: SearchGatewayOptions): Promise<SearchGateway> {
  let rights: Rights | undefined;
  const sockets = new Set<Duplex>();
  const server = createServer(options.certificates, (request, response) => {
    answer(request, response, rights, options).catch((error: Error) => {
      options.log(`search: ${request.method} ${request.url}: ${error.message}`);
      refuse(response, 500, error.message);
    });
  });
  refuseForeignPages(server);
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  const port = await freePort(options.port);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  return {
    endpoint: `localhost:${port}`,
    port,
    serve(deployment) {
      rights = rightsOf(deployment);
    },
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function rightsOf(deployment: Deployment): Rights | undefined {
  const [domain] = resourcesOfType(deployment, "aws:opensearch/domain:Domain");
  if (domain === undefined) return undefined;
  const domainPolicies = resourcesOfType(deployment, "aws:opensearch/domainPolicy:DomainPolicy")
    .filter(({ outputs }) => outputs["domainName"] === domain.outputs["domainName"])
    .map(({ outputs }) => String(outputs["accessPolicies"]));
  if (typeof domain.outputs["accessPolicies"] === "string") domainPolicies.push(domain.outputs["accessPolicies"]);
  return {
    domainArn: String(domain.outputs["arn"]),
    domainPolicies,
    policiesOf: rolePolicies(deployment),
    sessions: functionSessions(deployment),
    root: deployment.credentials,
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  rights: Rights | undefined,
  options: SearchGatewayOptions,
): Promise<void> {
  if (rights === undefined) return refuse(response, 503, "The search domain is being created.");
  const body = await readBody(request);
  if (body === undefined) return refuse(response, 413, "Request size exceeded 10485760 bytes");
  const method = request.method ?? "GET";
  const url = request.url ?? "/";
  const secretOf: SecretOf = (accessKeyId) =>
    accessKeyId === rights.root.accessKeyId ? rights.root : rights.sessions.get(accessKeyId);
  const verified = verifySignature(
    { method, url, headers: request.headers, body },
    { region: options.region, service: "es" },
    secretOf,
  );
  if (!verified.ok) {
    options.log(`search: refused ${method} ${url}: ${verified.reason}`);
    return refuse(response, 403, verified.reason);
  }
  const session = rights.sessions.get(verified.accessKeyId);
  if (session !== undefined) {
    const action = `es:ESHttp${method.charAt(0)}${method.slice(1).toLowerCase()}`;
    const resource = `${rights.domainArn}${url.split("?")[0]}`;
    const roleName = session.roleArn.split("/").pop() ?? "";
    const own = rights.policiesOf.get(roleName) ?? [];
    const allowed = isAllowed({ principal: session.roleArn, action, resource }, own, rights.domainPolicies);
    if (options.accessLog !== undefined) {
      const decision: AccessDecision = { role: roleName, action, resource, allowed };
      appendFileSync(options.accessLog, `${JSON.stringify(decision)}\n`);
    }
    if (!allowed) {
      const reason = `User: ${session.roleArn} is not authorized to perform: ${action} on resource: ${resource}`;
      options.log(`search: ${reason}`);
      return refuse(response, 403, reason);
    }
  }
  pass(request, response, options.rewrite?.(method, url, body) ?? body, options);
}

function pass(request: IncomingMessage, response: ServerResponse, body: Buffer, options: SearchGatewayOptions): void {
  const { authorization, host, connection, "transfer-encoding": encoding, ...headers } = request.headers;
  const onward = httpRequest(
    `${options.engineUrl}${request.url}`,
    {
      method: request.method,
      headers: { ...headers, "content-length": String(body.length) },
      timeout: engineTimeoutMs,
    },
    (engine) => {
      // The caller may have given up.
      if (response.destroyed) return void engine.resume();
      response.writeHead(engine.statusCode ?? 502, engine.headers);
      pipeline(engine, response, () => undefined);
    },
  );
  onward.on("timeout", () => onward.destroy(new Error("no answer in time")));
  onward.on("error", (error) => {
    options.log(`search: ${request.method} ${request.url}: ${error.message}`);
    if (response.headersSent) response.destroy();
    else refuse(response, 503, "The search engine did not respond.");
  });
  response.once("close", () => {
    if (!response.writableFinished) onward.destroy();
  });
  onward.end(body);
}

function refuse(response: ServerResponse, status: number, Message: string): void {
  if (!response.headersSent) response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify({ Message }));
}

async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length <= bodyLimitBytes) chunks.push(chunk);
  }
  return length > bodyLimitBytes ? undefined : Buffer.concat(chunks);
}
