import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";

const root = join(__dirname, "..");
const read = (...file: string[]) => readFileSync(join(root, ...file), "utf8");
const readJson = <T>(...file: string[]) => JSON.parse(read(...file)) as T;

interface LockedPackage {
  /** Only where an alias installs the package under another name. */
  name?: string;
  version: string;
  resolved?: string;
  integrity?: string;
  license?: string;
  hasInstallScript?: boolean;
  dev?: boolean;
  link?: boolean;
}

const project = readJson<{
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
  allowScripts: Record<string, boolean>;
}>("package.json");

const locked = Object.entries(
  readJson<{ packages: Record<string, LockedPackage> }>("package-lock.json").packages,
).flatMap(([folder, entry]) =>
  folder === "" ? [] : [{ ...entry, folder, name: entry.name ?? folder.split("node_modules/").at(-1)! }],
);
type Locked = (typeof locked)[number];
const label = ({ folder, version }: Locked) => `${folder} ${version}`;

/** Licences without conditions that Apache-2.0 does not meet: attribution at most. */
const COMPATIBLE = [
  "0BSD",
  "Apache-2.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "BlueOak-1.0.0",
  "CC0-1.0",
  "ISC",
  "MIT",
  "MIT-0",
  "PSF-2.0",
  "Python-2.0",
  "Unlicense",
];

/** Packages with another licence, or with none that npm can read, and the reason to accept it. */
const ACCEPTED: { packages: RegExp; license: string; onlyDevelopment?: boolean; reason: string }[] = [
  {
    packages: /^@logdna\/tail-file$/,
    license: "SEE LICENSE IN LICENSE",
    reason: "its LICENSE file is the MIT License; Pulumi's SDK brings it",
  },
  {
    packages: /^spdx-exceptions$/,
    license: "CC-BY-3.0",
    reason: "a list of names under attribution, used unchanged by npm's libraries in Pulumi's SDK",
  },
  {
    packages: /^axe-core$/,
    license: "MPL-2.0",
    onlyDevelopment: true,
    reason: "checks pages in browser tests; not distributed",
  },
  {
    packages: /^lightningcss(-.+)?$/,
    license: "MPL-2.0",
    onlyDevelopment: true,
    reason: "minifies style sheets for Vite; not part of the built storefront",
  },
];

const acceptedAs = (entry: Locked) =>
  ACCEPTED.find(
    ({ packages, license, onlyDevelopment }) =>
      packages.test(entry.name) && license === entry.license && (!onlyDevelopment || entry.dev === true),
  );

/** Evaluates an SPDX expression with one kind of operator, in parentheses or not. */
function isCompatible(expression: string): boolean {
  const terms = expression.replace(/^\((.*)\)$/, "$1");
  if (/[()]/.test(terms)) return false;
  return terms.split(" OR ").some((either) => either.split(" AND ").every((id) => COMPATIBLE.includes(id)));
}

describe("Supply chain", () => {
  it("reads the packages of the lock file", () => {
    expect(locked.length).to.be.greaterThan(500);
    // Without Pulumi's packages, which the installing project brings.
    expect(locked.filter(({ dev }) => !dev).length).to.be.greaterThan(100);
  });

  describe("packages", () => {
    it("are declared with exact versions", () => {
      const declared = Object.entries({ ...project.dependencies, ...project.devDependencies });
      const loose = declared.filter(([, version]) => !/^(npm:[@\w/-]+@)?\d+\.\d+\.\d+(-[\w.]+)?$/.test(version));
      expect(loose).to.deep.equal([]);
    });

    it("come from the registry, with a SHA-512 digest in the lock file", () => {
      const unverified = locked.filter(
        ({ resolved, integrity, link }) =>
          link ||
          !integrity?.startsWith("sha512-") ||
          !(resolved ?? "https://registry.npmjs.org/").startsWith("https://registry.npmjs.org/"),
      );
      expect(unverified.map(label)).to.deep.equal([]);
    });
  });

  describe("install scripts", () => {
    const withScript = locked.filter(({ hasInstallScript }) => hasInstallScript);

    it("are all allowed or refused by name in package.json", () => {
      expect(withScript).not.to.deep.equal([]);
      expect(withScript.filter(({ name }) => !(name in project.allowScripts)).map(label)).to.deep.equal([]);
    });

    it("exist for each name that is allowed or refused", () => {
      const names = withScript.map(({ name }) => name);
      expect(Object.keys(project.allowScripts).filter((name) => !names.includes(name))).to.deep.equal([]);
    });

    it("stop the installation unless they are on the list", () => {
      expect(read(".npmrc").split("\n")).to.include("strict-allow-scripts=true");
    });
  });

  describe("licences", () => {
    it("are compatible with Apache-2.0, or accepted with a reason", () => {
      const unknown = locked.filter((entry) => !isCompatible(entry.license ?? "none") && !acceptedAs(entry));
      expect(unknown.map((entry) => `${label(entry)}: ${entry.license}`)).to.deep.equal([]);
    });

    it("are accepted for packages that are still used only", () => {
      const stale = ACCEPTED.filter((accepted) => !locked.some((entry) => acceptedAs(entry) === accepted));
      expect(stale).to.deep.equal([]);
    });

    it("are those of the installed packages", () => {
      const installed = locked.filter(({ folder }) => existsSync(join(root, folder, "package.json")));
      expect(installed.length).to.be.greaterThan(400);
      const different = installed.filter(
        ({ folder, license }) => readJson<{ license?: string }>(folder, "package.json").license !== license,
      );
      expect(different.map(label)).to.deep.equal([]);
    });

    it("of @logdna/tail-file are MIT by its LICENSE file", () => {
      expect(read("node_modules", "@logdna", "tail-file", "LICENSE")).to.match(/^The MIT License \(MIT\)\n/);
    });

    it("are listed in the documentation, with the packages accepted by name", () => {
      const [, section = ""] = /^## Licences\n([\s\S]*?)^## /m.exec(read("docs", "supply-chain.md")) ?? [];
      const used = new Set(locked.map(({ license }) => license!));
      const listed = [...section.matchAll(/^\| `([^`]+)` \|/gm)].map((match) => match[1]!);
      expect(listed.sort()).to.deep.equal([...used].sort());
    });
  });

  it("publishes packages with provenance only", () => {
    expect(readJson<{ publishConfig?: object }>("package.json").publishConfig).to.deep.include({ provenance: true });
  });
});
