import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import {
  type handleUnaryCall,
  Server,
  ServerCredentials,
  type ServiceDefinition,
  type UntypedServiceImplementation,
} from "@grpc/grpc-js";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb";
import {
  GetRootResourceResponse,
  type LogRequest,
  LogSeverity,
  SetRootResourceResponse,
} from "@pulumi/pulumi/proto/engine_pb";
import { ResourceMonitorService } from "@pulumi/pulumi/proto/resource_grpc_pb";
import {
  type RegisterResourceRequest,
  RegisterResourceResponse,
  type ResourceInvokeRequest,
  ResourceInvokeResponse,
  type SupportsFeatureRequest,
  SupportsFeatureResponse,
} from "@pulumi/pulumi/proto/resource_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { parse } from "yaml";

/** What a program asks the engine to make, its arguments as they come over the wire. */
export interface Asked {
  type: string;
  name: string;
  properties: Struct;
}

/** As much of Pulumi's engine as a program needs that only makes resources. */
class Engine {
  readonly asked: Asked[] = [];
  readonly errors: string[] = [];
  private readonly server = new Server();

  /** @param isPreview of a stack that does not exist: nothing is known but the arguments. */
  constructor(private readonly isPreview: boolean) {}

  async start(): Promise<string> {
    const answers = {
      log: answering((request: LogRequest) => {
        if (request.getSeverity() === LogSeverity.ERROR) this.errors.push(request.getMessage());
        return new Empty();
      }),
      getRootResource: answering(() => new GetRootResourceResponse()),
      setRootResource: answering(() => new SetRootResourceResponse()),
      supportsFeature: answering((request: SupportsFeatureRequest) => {
        const answer = new SupportsFeatureResponse();
        answer.setHassupport(request.getId() === "secrets");
        return answer;
      }),
      registerResourceOutputs: answering(() => new Empty()),
      signalAndWaitForShutdown: answering(() => new Empty()),
      registerResource: answering((request: RegisterResourceRequest) => {
        const [type, name] = [request.getType(), request.getName()];
        const properties = request.getObject() ?? new Struct();
        this.asked.push({ type, name, properties });
        const made = new RegisterResourceResponse();
        made.setUrn(`urn:pulumi:stack::project::${type}::${name}`);
        if (request.getCustom() && !this.isPreview) made.setId(name);
        const outputs = { arn: `arn:aws:test:us-east-1:123456789012:${name}`, name, bucket: name };
        made.setObject(Struct.fromJavaScript({ ...properties.toJavaScript(), ...(this.isPreview ? {} : outputs) }));
        return made;
      }),
      invoke: answering((request: ResourceInvokeRequest) => {
        const answer = new ResourceInvokeResponse();
        const known = ANSWERS[request.getTok().split(":").at(-1) ?? ""] ?? {};
        answer.setReturn(Struct.fromJavaScript(known));
        return answer;
      }),
    };
    for (const service of [EngineService, ResourceMonitorService] as unknown as ServiceDefinition[]) {
      const offered = Object.entries(answers).filter(([name]) => name in service);
      this.server.addService(service, Object.fromEntries(offered) as UntypedServiceImplementation);
    }
    return await new Promise((resolve, reject) =>
      this.server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) =>
        error ? reject(error) : resolve(`127.0.0.1:${port}`),
      ),
    );
  }

  stop(): void {
    this.server.forceShutdown();
  }
}

/** What programs look up. */
const ANSWERS: Record<string, Record<string, string>> = {
  getCallerIdentity: { accountId: "123456789012" },
  getPartition: { partition: "aws" },
  getRegion: { region: "us-east-1", id: "us-east-1" },
};

const answering =
  <Request, Answer>(answer: (request: Request) => Answer): handleUnaryCall<Request, Answer> =>
  ({ request }, callback) =>
    callback(null, answer(request));

export interface Run {
  config: Record<string, string>;
  /** Default: `stack`. */
  stack?: string;
  /** Of a stack that does not exist yet, without making it. Default: false. */
  isPreview?: boolean;
}

/** Runs the program in a folder as `pulumi up` there would, or `pulumi preview`. */
export async function run(folder: string, { config, stack = "stack", isPreview = false }: Run) {
  // Without a main, Pulumi would run what package.json's is, which in a built tree is the library.
  const { name, main = "." } = parse(fs.readFileSync(path.join(folder, "Pulumi.yaml"), "utf8"));
  const engine = new Engine(isPreview);
  const address = await engine.start();
  const status = await new Promise((resolve, reject) => {
    const program = spawn(
      process.execPath,
      [
        require.resolve("@pulumi/pulumi/cmd/run"),
        ...["--monitor", address, "--engine", address],
        ...["--project", name, "--stack", stack, "--organization", "organization"],
        ...(isPreview ? ["--dry-run"] : []),
        ...["--pwd", folder, main],
      ],
      {
        cwd: folder,
        env: {
          ...process.env,
          PULUMI_CONFIG: JSON.stringify(config),
          PULUMI_NODEJS_TYPESCRIPT: "true",
          // As the pipeline's stages do; making it is checked with types.
          ...(isPreview && { PULUMI_NODEJS_TRANSPILE_ONLY: "true" }),
        },
        stdio: "ignore",
      },
    );
    program.once("error", reject);
    program.once("exit", resolve);
  }).finally(() => engine.stop());
  return { status, errors: engine.errors, asked: engine.asked };
}
