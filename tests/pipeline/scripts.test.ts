import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { expect } from "chai";
import { STAGE_SCRIPTS } from "../../components/deliveryPipeline/stages";
import { temporaryFolder } from "../kit/temporaryFolder";

const root = path.join(__dirname, "..", "..");
const update = (stack: string, type: string) => ({
  op: "update",
  urn: `urn:pulumi:${stack}::stayopen::stayopen:index:X$${type}::thing`,
});

/** A checkout with the real scripts, and commands on its PATH that record their calls. */
class Checkout {
  readonly folder = temporaryFolder("stayopen-pipeline");
  private readonly log = path.join(this.folder, "calls.log");

  constructor(previews: Record<string, unknown> = {}) {
    fs.mkdirSync(path.join(this.folder, "bin"));
    fs.mkdirSync(path.join(this.folder, "fake"));
    for (const entry of ["pipeline", "local", "package.json", "tsconfig.json", "node_modules"]) {
      // The scripts write into their folder, so they are copied; the rest is only read.
      if (entry === "pipeline") fs.cpSync(path.join(root, entry), path.join(this.folder, entry), { recursive: true });
      else fs.symlinkSync(path.join(root, entry), path.join(this.folder, entry));
    }
    fs.rmSync(path.join(this.folder, "pipeline", "release.json"), { force: true });
    // An artifact's archive loses the executable bit.
    for (const name of fs.readdirSync(path.join(this.folder, "pipeline"))) {
      if (name.endsWith(".sh")) fs.chmodSync(path.join(this.folder, "pipeline", name), 0o644);
    }
    this.fake(
      "pulumi",
      `case "$*" in
  "version") echo v3 ;;
  preview*--json) cat "${this.folder}/fake/$3.json"; test ! -f "${this.folder}/fake/violation" ;;
  preview*) cat "${this.folder}/fake/violation"; exit 1 ;;
  *"output"*releaseAlarms) echo '["observability-orders","observability-search"]' ;;
  *"output"*) echo "https://$(echo "$*" | sed 's/.*--stack //; s/ /./')" ;;
  "config get stayopen:edgeSecrets"*) cat "${this.folder}/fake/edge" 2> /dev/null ;;
  "config get aws:region"*) case "$*" in *west) echo us-west-2 ;; *) echo us-east-1 ;; esac ;;
esac`,
    );
    this.fake("npm", "true");
    this.fake(
      "aws",
      `case "$*" in *length*) cat "${this.folder}/fake/seen" 2> /dev/null || echo 2 ;; *) cat "${this.folder}/fake/red" 2> /dev/null || true ;; esac`,
    );
    this.fake(
      "curl",
      `case "$*" in *POST*) printf 401 ;; *"$(cat "${this.folder}/fake/broken" 2> /dev/null || echo no-such-address)"*) printf 503 ;; *) printf 200 ;; esac`,
    );
    for (const stack of ["dev", "prod-east", "prod-west"])
      this.answers(
        `${stack}.json`,
        JSON.stringify(previews[stack] ?? { steps: [update(stack, "aws:lambda/function:Function")] }),
      );
  }

  answers(name: string, text: string): void {
    fs.writeFileSync(path.join(this.folder, "fake", name), text);
  }

  run(command: string, environment: Record<string, string> = {}) {
    const { status, stdout, stderr } = spawnSync("bash", command.split(" "), {
      cwd: this.folder,
      encoding: "utf8",
      env: {
        ...process.env,
        PATH: `${path.join(this.folder, "bin")}:${process.env["PATH"]}`,
        BAKE_MINUTES: "1",
        BAKE_PAUSE_SECONDS: "0",
        SMOKE_PAUSE_SECONDS: "0",
        ...environment,
      },
    });
    return { status, said: stdout + stderr };
  }

  /** Commands in the order of their calls, with the arguments that matter. */
  calls(): string[] {
    return fs.existsSync(this.log) ? fs.readFileSync(this.log, "utf8").trim().split("\n") : [];
  }

  /** The profiles that commands were called with. */
  profiles(): string[] {
    return [...new Set(fs.readFileSync(path.join(this.folder, "profiles.log"), "utf8").trim().split("\n"))];
  }

  fake(name: string, answer: string): void {
    const file = path.join(this.folder, "bin", name);
    fs.writeFileSync(
      file,
      `#!/usr/bin/env bash\necho "${name} $*" >> "${this.log}"\necho "\${AWS_PROFILE:-none}" >> "${this.folder}/profiles.log"\n${answer}\n`,
      { mode: 0o755 },
    );
  }
}

describe("The pipeline's scripts", function () {
  this.timeout(120_000);
  const checkout = (previews?: Record<string, unknown>) => new Checkout(previews);

  it("take an ordinary release through every stage, the secondary first", () => {
    const release = checkout();
    for (const script of STAGE_SCRIPTS) {
      const { status, said } = release.run(script);
      expect(status, `${script}: ${said}`).to.equal(0);
    }
    const calls = release.calls();
    const ups = calls.filter((call) => call.startsWith("pulumi up"));
    expect(ups.map((call) => call.split(" ")[3])).to.deep.equal(["dev", "prod-west", "prod-east"]);
    expect(ups.every((call) => call.includes("--policy-pack policies --yes"))).to.equal(true);
    // Development runs the release before production is previewed.
    expect(calls.indexOf(ups[0]!)).to.be.lessThan(calls.findIndex((call) => /preview --stack prod/.test(call)));
    expect(calls.indexOf("npm test")).to.be.lessThan(calls.findIndex((call) => call.includes("preview")));
    expect(calls.filter((call) => call.startsWith("pulumi preview"))).to.have.length(3);
    // Each production Region bakes after its own update and before the other's.
    const bake = calls.findIndex((call) => call.startsWith("aws cloudwatch") && call.includes("us-west-2"));
    expect(bake).to.be.greaterThan(calls.indexOf(ups[1]!)).and.lessThan(calls.indexOf(ups[2]!));
    expect(calls.filter((call) => call.includes("region -- drain"))).to.deep.equal([]);
  });

  it("release shared changes to the primary first", () => {
    const release = checkout({
      "prod-east": { steps: [update("prod-east", "aws:dynamodb/table:Table")] },
      "prod-west": { steps: [{ op: "same", urn: "urn:pulumi:prod-west::stayopen::aws:sns/topic:Topic::t" }] },
    });
    expect(release.run("pipeline/preview.sh production").said).to.include('kind "shared": prod-east, then prod-west');
    expect(release.run("pipeline/up.sh first").status).to.equal(0);
    expect(release.calls().at(-1)).to.include("up --stack prod-east");
  });

  it("stop a release that mixes shared changes with others", () => {
    const steps = [
      update("prod-east", "aws:dynamodb/table:Table"),
      update("prod-east", "aws:lambda/function:Function"),
    ];
    const { status, said } = checkout({ "prod-east": { steps } }).run("pipeline/preview.sh production");
    expect(status).to.equal(1);
    expect(said).to.include("Release the shared changes by themselves first").and.not.include("at Object");
  });

  it("stop a release that violates a policy, and name the policy", () => {
    const release = checkout();
    release.answers(
      "violation",
      "[mandatory] policies-name-actions-and-resources: dynamodb:PutItem is allowed on every resource.\n",
    );
    const { status, said } = release.run("pipeline/preview.sh production");
    expect(status).to.equal(1);
    expect(said)
      .to.include("dynamodb:PutItem is allowed on every resource")
      .and.include("The preview of prod-east failed");
  });

  it("stop the release at a red alarm, and drain its Region", () => {
    const release = checkout();
    release.run("pipeline/preview.sh production");
    release.answers("red", "observability-orders\n");
    const { status, said } = release.run("pipeline/bake.sh first");
    expect(status).to.equal(1);
    expect(said).to.include("Red alarm: observability-orders").and.include("us-west-2 is drained");
    expect(release.calls()).to.include("npm run --silent region -- drain us-west-2 --stack prod-west --by release");
  });

  it("stop the release when its alarms cannot be read", () => {
    const release = checkout();
    release.run("pipeline/preview.sh production");
    release.answers("seen", "0\n");
    const { status, said } = release.run("pipeline/bake.sh first");
    expect(status).to.equal(1);
    expect(said).to.include("Only 0 of the alarms observability-orders observability-search can be read");
  });

  it("stop the release when a Region does not answer after its update", () => {
    const release = checkout();
    release.run("pipeline/preview.sh production");
    release.answers("broken", "/api/orders/health");
    const { status, said } = release.run("pipeline/smoke-test.sh first");
    expect(status).to.equal(1);
    expect(said).to.match(/api\/orders\/health returned 503 instead of 200, and the release stops here/);
  });

  it("prove to the APIs of a store with a domain that the smoke test may pass CloudFront, without showing the secret", () => {
    const release = checkout();
    release.answers("edge", "the-secret,the-next-one");
    release.fake(
      "curl",
      `cat >> "${release.folder}/headers"; case "$*" in *POST*) printf 401 ;; *) printf 200 ;; esac`,
    );
    expect(release.run("pipeline/smoke-test.sh dev").status).to.equal(0);
    expect(fs.readFileSync(path.join(release.folder, "headers"), "utf8").trim().split("\n")).to.deep.equal(
      Array(5).fill("x-stayopen-edge: the-secret"),
    );
    expect(release.calls().join("\n")).not.to.include("the-secret");
  });

  it("install the locked packages, and the Pulumi CLI if there is none", () => {
    const release = checkout();
    expect(release.run("pipeline/prepare.sh").status).to.equal(0);
    expect(release.calls()).to.deep.equal(["npm ci --no-audit --no-fund", "pulumi version"]);
    expect(release.run("pipeline/machine.sh").said).to.include("machine.sh test|deploy");
    expect(release.run("pipeline/machine.sh everything").said).to.equal(
      '"everything" is no purpose. Usage: machine.sh test|deploy\n',
    );
  });

  describe("on a machine without the Pulumi CLI", () => {
    const version = (
      JSON.parse(fs.readFileSync(path.join(root, "package.json"), "utf8")) as {
        dependencies: Record<string, string>;
      }
    ).dependencies["@pulumi/pulumi"]!;
    const archive = `pulumi-v${version}-linux-x64.tar.gz`;

    /** Writes the archive that the fake curl downloads, and returns its checksum. */
    function bare() {
      const release = checkout();
      fs.rmSync(path.join(release.folder, "bin", "pulumi"));
      release.fake("uname", "echo x86_64");
      release.fake("curl", `while [ "$1" != --output ]; do shift; done; cp "${release.folder}/archive" "$2"`);
      fs.mkdirSync(path.join(release.folder, "pulumi"));
      fs.writeFileSync(path.join(release.folder, "pulumi", "pulumi"), "#!/bin/sh\necho v3\n", { mode: 0o755 });
      spawnSync("tar", ["-czf", "archive", "pulumi"], { cwd: release.folder });
      const sha256 = createHash("sha256")
        .update(fs.readFileSync(path.join(release.folder, "archive")))
        .digest("hex");
      const prepare = (checksums?: string) => {
        const pinned = path.join(release.folder, "pipeline", "pulumi.sha256");
        fs.rmSync(pinned, { force: true });
        if (checksums !== undefined) fs.writeFileSync(pinned, checksums);
        return release.run("pipeline/prepare.sh", { PULUMI_BIN: path.join(release.folder, "bin") });
      };
      return { release, sha256, prepare };
    }

    it("install the archive with the reviewed checksum", () => {
      const { release, sha256, prepare } = bare();
      const { status, said } = prepare(`${sha256}  ${archive}\n`);
      expect(status, said).to.equal(0);
      expect(said).to.match(/v3\n$/);
      expect(release.calls().filter((call) => /get\.pulumi\.com/.test(call))).to.deep.equal([
        `curl --fail --silent --show-error --location --retry 3 --max-time 120 --output ${release.calls().at(-1)!.split(" ").at(-2)} https://get.pulumi.com/releases/sdk/${archive}`,
      ]);
    });

    it("install no other archive", () => {
      const { release, prepare } = bare();
      const { status, said } = prepare(`${"0".repeat(64)}  ${archive}\n`);
      expect(status).to.equal(1);
      expect(said).to.include(`${archive} does not have the checksum of pipeline/pulumi.sha256 and is not installed.`);
      expect(fs.existsSync(path.join(release.folder, "bin", "pulumi"))).to.equal(false);
    });

    it("download nothing without a checksum", () => {
      const { release, prepare } = bare();
      const { status, said } = prepare();
      expect(status).to.equal(1);
      expect(said).to.include(`pipeline/pulumi.sha256 has no checksum of ${archive}. Run bash pipeline/pin.sh`);
      expect(release.calls().filter((call) => call.startsWith("curl"))).to.deep.equal([]);
    });

    it("pin the checksums of Pulumi's release when run by hand", () => {
      const release = checkout();
      const lines = ["x64", "arm64"].map((machine) => `${"a".repeat(64)}  pulumi-v${version}-linux-${machine}.tar.gz`);
      release.fake(
        "curl",
        `printf '%s\\n' '${lines[0]}' '${lines[1]}' '${"b".repeat(64)}  pulumi-v${version}-windows-x64.zip'`,
      );
      expect(release.run("pipeline/pin.sh").status).to.equal(0);
      const pinned = fs.readFileSync(path.join(release.folder, "pipeline", "pulumi.sha256"), "utf8");
      expect(pinned).to.equal(`${lines.join("\n")}\n`);
      release.fake("curl", "echo nothing");
      expect(release.run("pipeline/pin.sh").said).to.include("has no checksums for Linux");
    });
  });

  it("use the role of their stage, through a profile that SDKs and CLI renew", () => {
    const release = checkout();
    const role = "arn:aws:iam::222222222222:role/release-production-preview";
    expect(release.run("pipeline/preview.sh production", { STAGE_ROLE_ARN: role }).status).to.equal(0);
    expect(
      fs.readFileSync(path.join(release.folder, ".stayopen", "stage-aws-config"), "utf8").split("\n"),
    ).to.include.members(["[profile stage]", `role_arn = ${role}`, "credential_source = EcsContainer"]);
    expect(release.profiles()).to.deep.equal(["stage"]);
  });

  it("name a missing argument", () => {
    const release = checkout();
    expect(release.run("pipeline/preview.sh").said).to.include(
      "The environment is missing. Usage: preview.sh development|production",
    );
    expect(release.run("pipeline/preview.sh staging").said).to.include(
      '"staging" is no environment. Usage: preview.sh development|production',
    );
    expect(release.run("pipeline/up.sh first").said).to.include("does not exist. Run pipeline/preview.sh first.");
    expect(release.run("pipeline/up.sh").said).to.include("The stack is missing. Usage: up.sh dev|first|second");
  });
});
