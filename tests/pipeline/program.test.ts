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
  SupportsFeatureResponse,
} from "@pulumi/pulumi/proto/resource_pb";
import { expect } from "chai";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { parse } from "yaml";

const root = path.join(__dirname, "..", "..");

/** As much of Pulumi's engine as a program needs that only makes resources. */
class Engine {
  readonly types: string[] = [];
  readonly errors: string[] = [];
  private readonly server = new Server();

  async start(): Promise<string> {
    const answers = {
      log: answering((request: LogRequest) => {
        if (request.getSeverity() === LogSeverity.ERROR) this.errors.push(request.getMessage());
        return new Empty();
      }),
      getRootResource: answering(() => new GetRootResourceResponse()),
      setRootResource: answering(() => new SetRootResourceResponse()),
      supportsFeature: answering(() => new SupportsFeatureResponse()),
      registerResourceOutputs: answering(() => new Empty()),
      signalAndWaitForShutdown: answering(() => new Empty()),
      registerResource: answering((request: RegisterResourceRequest) => {
        this.types.push(request.getType());
        const name = request.getName();
        const made = new RegisterResourceResponse();
        made.setUrn(`urn:pulumi:stack::project::${request.getType()}::${name}`);
        if (request.getCustom()) made.setId(name);
        const outputs = { arn: `arn:aws:test:us-east-1:123456789012:${name}`, name, bucket: name };
        made.setObject(Struct.fromJavaScript({ ...request.getObject()?.toJavaScript(), ...outputs }));
        return made;
      }),
      invoke: answering((request: ResourceInvokeRequest) => {
        const answer = new ResourceInvokeResponse();
        const known: Record<string, string> = {};
        if (request.getTok().endsWith(":getCallerIdentity")) known["accountId"] = "123456789012";
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

const answering =
  <Request, Answer>(answer: (request: Request) => Answer): handleUnaryCall<Request, Answer> =>
  ({ request }, callback) =>
    callback(null, answer(request));

/** Makes what the program in a folder asks for, as `pulumi up` there would. */
async function run(folder: string, config: Record<string, string>) {
  const { name } = parse(fs.readFileSync(path.join(folder, "Pulumi.yaml"), "utf8"));
  const engine = new Engine();
  const address = await engine.start();
  const status = await new Promise((resolve, reject) => {
    const program = spawn(
      process.execPath,
      [
        require.resolve("@pulumi/pulumi/cmd/run"),
        ...["--monitor", address, "--engine", address],
        ...["--project", name, "--stack", "stack", "--pwd", folder, "."],
      ],
      {
        cwd: folder,
        env: { ...process.env, PULUMI_CONFIG: JSON.stringify(config), PULUMI_NODEJS_TYPESCRIPT: "true" },
        stdio: "ignore",
      },
    );
    program.once("error", reject);
    program.once("exit", resolve);
  }).finally(() => engine.stop());
  return { status, errors: engine.errors, types: engine.types };
}

describe("A program in a folder of its own, started as the Pulumi CLI starts it", function () {
  this.timeout(180_000);

  it("makes the pipeline, with the settings of its example", async () => {
    const folder = path.join(root, "pipeline");
    const { config } = parse(fs.readFileSync(path.join(folder, "Pulumi.release.yaml"), "utf8"));
    const { status, errors, types } = await run(folder, config);
    expect(errors).to.deep.equal([]);
    expect(status).to.equal(0);
    expect(types).to.include.members(["aws:codepipeline/pipeline:Pipeline", "aws:codebuild/project:Project"]);
  });

  it("makes the example", async () => {
    const { status, errors, types } = await run(path.join(root, "examples", "inline-function"), {});
    expect(errors).to.deep.equal([]);
    expect(status).to.equal(0);
    expect(types).to.include.members(["aws:lambda/function:Function", "aws:apigatewayv2/api:Api"]);
  });
});
