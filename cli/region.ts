import { userInfo } from "node:os";
import { parseArgs } from "node:util";
import { progressLine } from "../catalogue/progressLine";
import { moveHome } from "../components/searchService/handlers/moveHome";
import { clientIn, findStore, PRODUCTS_VARIABLE, type StoreConnection, stateIn } from "./regions/connection";
import { describeRegions } from "./regions/describe";
import { type Replicas, reasonOf, refuseMoveFromLiveRegion, status, writeDrain } from "./regions/operate";

const USAGE = `Usage: npm run region -- COMMAND [options]

  status              what each Region knows about every Region
  drain REGION        take a Region out of traffic; the other takes its open orders over
  undrain REGION      bring it back
  move-home FROM TO   make TO the home of FROM's products, so that merchandisers can change them while FROM is lost

All of it goes through the tables of whichever Region answers; no control plane is needed.

  --from REGION       drain, undrain: write in this Region, not in any that answers
  --by NAME           drain, undrain: who says so; by default the name you are logged in with
  --force             although it looks wrong

Which store (by default the local run's):
  --data FOLDER                                     the local run that was started with the same option
  --stack NAME                                      a deployed Pulumi stack
  --table NAME --products NAME --regions R1,R2      its tables and Regions, or in the environment as STAYOPEN_REGIONS_TABLE,
                                                    STAYOPEN_PRODUCTS_TABLE and STAYOPEN_REGIONS: works without Pulumi
`;

async function main(): Promise<void> {
  const { values: flags, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      data: { type: "string" },
      stack: { type: "string" },
      table: { type: "string" },
      products: { type: "string" },
      regions: { type: "string" },
      from: { type: "string" },
      by: { type: "string" },
      force: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  const [command, first, second] = positionals;
  if (flags.help || !command) {
    console.log(USAGE);
    process.exitCode = flags.help ? 0 : 1;
    return;
  }
  const store = findStore(flags);
  const replicas: Replicas = new Map(store.regions.map((one) => [one.region, stateIn(one, store.table)]));
  switch (command) {
    case "status": {
      const views = await status(replicas);
      console.log(`Store: ${store.description}.\n${describeRegions(views)}`);
      if (views.every(({ trouble }) => trouble !== undefined)) throw new Error("No Region's table answers.");
      return;
    }
    case "drain":
    case "undrain": {
      const region = needed(first, `Which Region? npm run region -- ${command} us-east-1`);
      const { from, force, by = userInfo().username } = flags;
      const said = await writeDrain({ region, drained: command === "drain", by, from, force }, replicas);
      const meaning =
        command === "drain"
          ? "Route 53 sends nobody there within two minutes, and its open orders are taken over."
          : "Route 53 counts it as healthy again within a minute, if it is.";
      console.log(`${region} is ${command}ed, as written in ${said.writtenIn} at ${said.at}. ${meaning}`);
      return;
    }
    case "move-home": {
      const example = "npm run region -- move-home us-east-1 us-west-2";
      const from = needed(first, `From which Region? ${example}`);
      return await moveProducts(store, replicas, from, needed(second, `To which Region? ${example}`), flags.force);
    }
    default:
      throw new Error(`There is no command "${command}". Use status, drain, undrain or move-home.`);
  }
}

async function moveProducts(
  store: StoreConnection,
  replicas: Replicas,
  from: string,
  to: string,
  force: boolean,
): Promise<void> {
  if (from === to) throw new Error(`The products of ${from} are at home there. Give another Region.`);
  if (!store.productsTable) throw new Error(`Which product table? Give --products NAME or set ${PRODUCTS_VARIABLE}.`);
  if (!force) await refuseMoveFromLiveRegion(from, to, replicas);
  const target = needed(
    store.regions.find(({ region }) => region === to),
    `There is no Region "${to}" in this store.`,
  );
  const progress = progressLine();
  const { moved, left } = await moveHome({
    client: clientIn(target),
    table: store.productsTable,
    from,
    to,
    onProgress: (soFar) => progress(`${soFar.moved} products moved`),
  }).catch((error: unknown) => {
    throw new Error(
      `The products' table in ${to} does not answer (${reasonOf(error)}). What is moved stays moved; repeat the command when it does.`,
    );
  });
  progress.end(`${moved} products of ${from} are at home in ${to} now.`);
  if (left > 0)
    throw new Error(`${left} products were changed meanwhile and are still of ${from}: repeat the command.`);
}

function needed<Value>(value: Value | undefined, otherwise: string): Value {
  if (value === undefined) throw new Error(otherwise);
  return value;
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});
