import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ORDER_SCHEMA } from "../../../domain/order";
import { projectRoot } from "../../../local/aws/emulator/python";

/** A text of a file, and its replacement in the next release. */
type Change = [file: string, now: string | RegExp, next: string];

/**
 * Changes of the next release: attributes and a kind of item that this release does not know, a new state in the
 * workflow, a renamed one, and renamed steps.
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

  ["workflows/order.ts", /\bShip\b/g, "FollowParcel"],
  ["workflows/order.ts", `step.waiting("ship"`, `step.waiting("follow-parcel"`],
  ["workflows/order.ts", `step.calling("void"`, `step.calling("release"`],
  ["workflows/order.ts", `        Next: isReviewed ? "Review" : "FollowParcel",\n`, `        Next: "Screen",\n`],
  [
    "workflows/order.ts",
    "      FollowParcel: {\n",
    `      Screen: { ...step.calling("screen", functions.settle), Next: "FollowParcel" },
      FollowParcel: {
`,
  ],

  // Its functions accept this release's name of the step that follows a parcel …
  [
    "components/orderService/handlers/steps/ship.ts",
    "  const { store, shipments, reply, maxPolls } = shipping;\n",
    `  const { store, shipments, reply, maxPolls } = shipping;
  if (!["follow-parcel", "ship"].includes(input.step)) throw new Error("Unknown step " + input.step);
`,
  ],
  // … and, by mistake, not its name of the void.
  ["components/orderService/handlers/steps/settle.ts", "  void: { unpaid: true },\n", "  release: { unpaid: true },\n"],
  ["components/orderService/handlers/steps/settle.ts", `step === "void"`, `step === "release"`],
  [
    "components/orderService/handlers/steps/settle.ts",
    "  if (!Object.hasOwn(KNOWN",
    `  if (input.step === "screen") return await store.noteScreening(input.orderId);
  if (!Object.hasOwn(KNOWN`,
  ],
  [
    "components/orderService/handlers/orderStore.ts",
    "  waiting(",
    `  async noteScreening(orderId) {
    const region = "screening#" + this.region;
    const Item = { kind: "screening", schema: ORDER_SCHEMA, orderId, region };
    await this.client.send(new PutCommand({ TableName: this.tables.orders, Item }));
  }

  waiting(`,
  ],
];

/** Files and folders of the program. */
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
  join("web", "pages.ts"),
  join("web", "dist"),
  join("web", "renderer"),
];

/**
 * Writes a possible next release: a changed copy of this program in its own folder. It uses this project's packages, and
 * keeps its compile cache between runs.
 *
 * @returns the folder with its `Pulumi.yaml`.
 * @throws {Error} if a text does not occur, or occurs more than once.
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
    throw new Error(`${now} occurs ${found} times in ${file}; adapt the change in nextRelease.ts to the current text.`);
  }
  writeFileSync(
    file,
    before.replace(now, () => next),
  );
}
