import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ORDER_SCHEMA } from "../../../domain/order";
import { projectRoot } from "../../../local/aws/emulator/python";

/** A text of a file that occurs there, and what the next release has instead. */
type Change = [file: string, now: string | RegExp, next: string];

/**
 * What the next release brings: attributes and a kind of item that this one does not know, a state more in the workflow,
 * one by another name, and steps that are called otherwise.
 */
const changes: Change[] = [
  ["domain/order/items.ts", `ORDER_SCHEMA = ${ORDER_SCHEMA};`, `ORDER_SCHEMA = ${ORDER_SCHEMA + 1};`],
  [
    "domain/order/place.ts",
    "      ...order,\n",
    `      ...order,
      giftNote: "Happy birthday",
      lines: order.lines.map((line) => ({ ...line, wrapping: "red" })),
      payment: { ...order.payment, instalments: 2 },
`,
  ],
  ["domain/order/place.ts", "shipment: {},", "shipment: { promisedDays: 3 },"],

  ["workflows/order.ts", /\bAwaitDelivery\b/g, "FollowParcel"],
  ["workflows/order.ts", `step.waiting("await-delivery"`, `step.waiting("follow-parcel"`],
  ["workflows/order.ts", `step.calling("void"`, `step.calling("release"`],
  ["workflows/order.ts", `        Next: "Capture",\n`, `        Next: "Screen",\n`],
  [
    "workflows/order.ts",
    "      Capture: {\n",
    `      Screen: { ...step.calling("screen", functions.settle), Next: "Capture" },
      Capture: {
`,
  ],

  // Its functions take what this release's definition calls following a parcel …
  [
    "components/orderService/handlers/ship.ts",
    "  const { store, reply } = tracking;\n",
    `  const { store, reply } = tracking;
  if (!["follow-parcel", "await-delivery"].includes(input.step)) throw new Error("It has no step " + input.step);
`,
  ],
  // … and, by mistake, not what it calls voiding.
  ["components/orderService/handlers/settle.ts", "  void: { unpaid: true },\n", "  release: { unpaid: true },\n"],
  ["components/orderService/handlers/settle.ts", `step === "void"`, `step === "release"`],
  [
    "components/orderService/handlers/settle.ts",
    "  if (!Object.hasOwn(KNOWN",
    `  if (input.step === "screen") return await store.noteScreening(input.orderId);
  if (!Object.hasOwn(KNOWN`,
  ],
  [
    "components/orderService/handlers/orderStore.ts",
    "  async waiting(",
    `  async noteScreening(orderId) {
    const region = "screening#" + this.region;
    const Item = { kind: "screening", schema: ORDER_SCHEMA, orderId, region };
    await this.client.send(new PutCommand({ TableName: this.tables.orders, Item }));
  }

  async waiting(`,
  ],
];

/** All that the program is made of. */
const PROGRAM = [
  "Pulumi.yaml",
  "Pulumi.prod-east.yaml",
  "Pulumi.prod-west.yaml",
  "package.json",
  "tsconfig.json",
  "index.ts",
  "config.ts",
  "primaryStack.ts",
  "disablePromiseTraces.ts",
  "components",
  "domain",
  "workflows",
  join("web", "dist"),
];

/**
 * The program as its next release might be: a copy of this one with some changes, in a folder of its own. It finds the packages of
 * this one, and keeps what it has compiled for the next time.
 *
 * @returns the folder of its `Pulumi.yaml`.
 * @throws when a file has not exactly the text that a change is about.
 */
export function nextRelease(): string {
  const folder = join(projectRoot, ".stayopen", "next-release");
  mkdirSync(folder, { recursive: true });
  for (const entry of readdirSync(folder)) {
    if (entry !== ".stayopen") rmSync(join(folder, entry), { recursive: true });
  }
  for (const entry of PROGRAM) cpSync(join(projectRoot, entry), join(folder, entry), { recursive: true });
  for (const [file, now, next] of changes) change(join(folder, file), now, next);
  return folder;
}

function change(file: string, now: string | RegExp, next: string): void {
  const before = readFileSync(file, "utf8");
  const found = before.split(now).length - 1;
  if (found === 0 || (typeof now === "string" && found > 1)) {
    throw new Error(
      `The next release changes ${now} in ${file}, which is there ${found} times: look at what it is now.`,
    );
  }
  writeFileSync(
    file,
    before.replace(now, () => next),
  );
}
