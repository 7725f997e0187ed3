import { spawn } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import {
  type handleUnaryCall,
  Server,
  ServerCredentials,
  type ServiceDefinition,
  status as StatusCode,
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
import { type JavaScriptValue, Struct } from "google-protobuf/google/protobuf/struct_pb";
import { parse } from "yaml";

/** A resource that a program registers, with its properties as sent over gRPC. */
export interface Asked {
  type: string;
  name: string;
  properties: Struct;
}

/** The part of Pulumi's engine that a program needs to register resources. */
class Engine {
  readonly asked: Asked[] = [];
  readonly errors: string[] = [];
  readonly warnings: string[] = [];
  private readonly server = new Server();

  /**
   * @param isPreview previews a stack that does not exist, so that only inputs are known.
   * @param stacks outputs of other stacks.
   */
  constructor(
    private readonly isPreview: boolean,
    private readonly stacks: Record<string, Record<string, JavaScriptValue>>,
  ) {}

  async start(): Promise<string> {
    const answers = {
      log: answering((request: LogRequest) => {
        if (request.getSeverity() === LogSeverity.ERROR) this.errors.push(request.getMessage());
        if (request.getSeverity() === LogSeverity.WARNING) this.warnings.push(request.getMessage());
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
        const inputs = request.getArgs()?.toJavaScript() ?? {};
        answer.setReturn(Struct.fromJavaScript(this.lookUp(request.getTok(), inputs)));
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

  private lookUp(token: string, inputs: Record<string, JavaScriptValue>): Record<string, JavaScriptValue> {
    const name = String(inputs["name"]);
    if (token === "pulumi:pulumi:readStackOutputs") {
      const outputs = this.stacks[name.split("/").at(-1) ?? name];
      if (outputs === undefined) throw new Error(`invocation of ${token} returned an error: unknown stack "${name}"`);
      return { name, outputs, secretOutputNames: [] };
    }
    if (token.endsWith(":getTable")) {
      const arn = `arn:aws:dynamodb:us-west-2:123456789012:table/${name}`;
      return { name, arn, streamArn: `${arn}/stream/1` };
    }
    return ANSWERS[token.split(":").at(-1) ?? ""] ?? {};
  }

  stop(): void {
    this.server.forceShutdown();
  }
}

/** A multi-Region key and its replica have the same public key. */
const PUBLIC_KEY = generateKeyPairSync("rsa", { modulusLength: 2048 })
  .publicKey.export({ type: "spki", format: "der" })
  .toString("base64");

/** Results of the functions that programs invoke. */
const ANSWERS: Record<string, Record<string, string>> = {
  getCallerIdentity: { accountId: "123456789012" },
  getPartition: { partition: "aws" },
  getPublicKey: { publicKey: PUBLIC_KEY },
  getRegion: { region: "us-east-1", id: "us-east-1" },
};

const answering =
  <Request, Answer>(answer: (request: Request) => Answer): handleUnaryCall<Request, Answer> =>
  ({ request }, callback) => {
    try {
      callback(null, answer(request));
    } catch (error) {
      callback({ code: StatusCode.UNKNOWN, details: error instanceof Error ? error.message : String(error) });
    }
  };

export interface Run {
  config: Record<string, string>;
  /** Default: `stack`. */
  stack?: string;
  /** Previews a stack that does not exist. Default: false. */
  isPreview?: boolean;
  /** Outputs of other stacks. Default: none. */
  stacks?: Record<string, Record<string, JavaScriptValue>>;
  /** Skips the type check, as the pipeline's stages do. Default: false, as for a plain `pulumi up`. */
  transpileOnly?: boolean;
}

/** Options of `Pulumi.yaml` that the CLI's Node.js host passes on (sdk/nodejs/cmd/pulumi-language-nodejs/main.go of pulumi/pulumi). */
interface RuntimeOptions {
  /** Registers ts-node. Default: true. */
  typescript?: boolean;
  /** Arguments of Node.js, before Pulumi's script. */
  nodeargs?: string;
}

/** Runs the program in a folder as `pulumi up` or `pulumi preview` does. */
export async function run(
  folder: string,
  { config, stack = "stack", isPreview = false, stacks = {}, transpileOnly = false }: Run,
) {
  // Without `main`, Pulumi would run that of package.json, which is the library in a built tree.
  const { name, main = ".", runtime } = parse(fs.readFileSync(path.join(folder, "Pulumi.yaml"), "utf8"));
  const { typescript = true, nodeargs = "" } = { ...(runtime as { options?: RuntimeOptions }).options };
  const engine = new Engine(isPreview, stacks);
  const address = await engine.start();
  const status = await new Promise((resolve, reject) => {
    const program = spawn(
      process.execPath,
      [
        ...nodeargs.split(" ").filter(Boolean),
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
          PULUMI_NODEJS_TYPESCRIPT: String(typescript),
          PULUMI_NODEJS_TRANSPILE_ONLY: transpileOnly ? "true" : "false",
        },
        stdio: "ignore",
      },
    );
    program.once("error", reject);
    program.once("exit", resolve);
  }).finally(() => engine.stop());
  return { status, errors: engine.errors, warnings: engine.warnings, asked: engine.asked };
}

const root = path.join(__dirname, "..", "..");

const SECRETS = {
  "stayopen:paymentApiKey": "key-payment",
  "stayopen:paymentWebhookSecret": "whsec_cGF5bWVudC1zZWNyZXQtMTIzNDU2",
  "stayopen:shippingApiKey": "key-shipping",
  "stayopen:shippingWebhookSecret": "whsec_c2hpcHBpbmctc2VjcmV0LTEyMzQ1",
};

/** Settings of a stack of the store, with its secrets. */
export const settingsOfStore = (stack: string): Record<string, string> => ({
  ...parse(fs.readFileSync(path.join(root, `Pulumi.${stack}.yaml`), "utf8")).config,
  ...SECRETS,
});

const previews = new Map<string, ReturnType<typeof run>>();

/** Previews a stack of the store that does not exist. Once for each stack, because a preview takes seconds of processor time. */
export function previewStore(stack: string): ReturnType<typeof run> {
  const preview = previews.get(stack) ?? run(root, { config: settingsOfStore(stack), stack, isPreview: true });
  previews.set(stack, preview);
  return preview;
}
