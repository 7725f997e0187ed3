import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { getMonitor } from "@pulumi/pulumi/runtime/settings";
import { expect } from "chai";
import { StaticSite } from "../../../components/staticSite";
import { temporaryFolder } from "../../kit/temporaryFolder";

interface Request {
  getName(): string;
  getRetainondelete(): boolean;
  getDependenciesList(): string[];
}

/** The part of Pulumi's monitor that every resource goes through; options such as `retainOnDelete` show only there. */
interface Monitor {
  registerResource(request: Request, ...rest: unknown[]): unknown;
}

describe("the upload of a build", () => {
  let build: string;

  beforeEach(() => {
    build = temporaryFolder("build");
    mkdirSync(join(build, "assets"));
    writeFileSync(join(build, "index.html"), "<!doctype html>");
    writeFileSync(join(build, "assets", "index-Ab12Cd34.js"), "1");
  });

  async function requests(): Promise<Map<string, Request>> {
    await pulumi.runtime.setMocks({
      newResource: ({ name, inputs }) => ({ id: `${name}-id`, state: { ...inputs, arn: `arn:${name}`, bucket: name } }),
      call: () => ({}),
    });
    const found = new Map<string, Request>();
    const monitor = getMonitor() as unknown as Monitor;
    const register = monitor.registerResource.bind(monitor);
    monitor.registerResource = (request, ...rest) => {
      found.set(request.getName(), request);
      return register(request, ...rest);
    };
    await pulumi.runtime.runInPulumiStack(async () => {
      new StaticSite("site", { build });
      return {};
    });
    await pulumi.runtime.disconnect();
    return found;
  }

  it("never deletes a hashed file of an earlier build, which an open page may still request", async () => {
    const sent = await requests();
    expect(sent.get("site/assets/index-Ab12Cd34.js")!.getRetainondelete()).to.equal(true);
    expect(sent.get("site/index.html")!.getRetainondelete()).to.equal(false);
  });

  it("uploads the page last, after everything it names", async () => {
    const page = (await requests()).get("site/index.html")!;
    const named = page.getDependenciesList().map((urn) => urn.split("::").at(-1));
    expect(named).to.include.members(["site/assets/index-Ab12Cd34.js", "site/config.json"]);
  });
});
