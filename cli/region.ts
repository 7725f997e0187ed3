import { userInfo } from "node:os";
import { parseArgs } from "node:util";
import { progressLine } from "../catalogue/progressLine";
import { moveHome } from "../components/searchService/handlers/moveHome";
import { clientIn, findStore, PRODUCTS_VARIABLE, type StoreConnection, stateIn } from "./regions/connection";
import { describeRegions } from "./regions/describe";
import { type Replicas, reasonOf, refuseMoveFromLiveRegion, status, writeDrain } from "./regions/operate";

const USAGE = `Usage: npm run region -- COMMAND [options]

  status              shows the state of all Regions as each Region sees it
  drain REGION        takes a Region out of traffic; the peer Region takes over its open orders
  undrain REGION      returns a Region to traffic
  move-home FROM TO   makes TO the home Region of FROM's products, so that merchandisers can change them while FROM is lost

The commands use only the tables of a Region that answers. They need no control plane.

  --from REGION       drain, undrain: writes in this Region (default: any that answers)
  --by NAME           drain, undrain: the operator's name (default: your login name)
  --force             skips the safety check

Store (default: the local run):
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
      const region = needed(first, `The Region is missing. Example: npm run region -- ${command} us-east-1`);
      const { from, force, by = userInfo().username } = flags;
      const said = await writeDrain({ region, drained: command === "drain", by, from, force }, replicas);
      const meaning =
        command === "drain"
          ? "Within two minutes Route 53 sends no traffic there, and the peer Region takes over its open orders."
          : "If it is healthy, Route 53 sends traffic there again within a minute.";
      console.log(`${region} is ${command}ed (written in ${said.writtenIn} at ${said.at}). ${meaning}`);
      return;
    }
    case "move-home": {
      const example = "npm run region -- move-home us-east-1 us-west-2";
      const from = needed(first, `The Region to move from is missing. Example: ${example}`);
      return await moveProducts(
        store,
        replicas,
        from,
        needed(second, `The Region to move to is missing. Example: ${example}`),
        flags.force,
      );
    }
    default:
      throw new Error(`"${command}" is no command. Use status, drain, undrain or move-home.`);
  }
}

async function moveProducts(
  store: StoreConnection,
  replicas: Replicas,
  from: string,
  to: string,
  force: boolean,
): Promise<void> {
  if (from === to) throw new Error(`FROM and TO are both ${from}. Give two different Regions.`);
  if (!store.productsTable)
    throw new Error(`The product table is unknown. Give --products NAME or set ${PRODUCTS_VARIABLE}.`);
  if (!force) await refuseMoveFromLiveRegion(from, to, replicas);
  const target = needed(
    store.regions.find(({ region }) => region === to),
    `"${to}" is no Region of this store.`,
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
      `Moving products in ${to} failed (${reasonOf(error)}). Products that have been moved stay moved; repeat the command later.`,
    );
  });
  progress.end(`Moved the home of ${moved} products from ${from} to ${to}.`);
  if (left > 0) throw new Error(`${left} products were changed concurrently and were not moved. Repeat the command.`);
}

function needed<Value>(value: Value | undefined, message: string): Value {
  if (value === undefined) throw new Error(message);
  return value;
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});
