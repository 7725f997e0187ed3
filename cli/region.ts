import { userInfo } from "node:os";
import { createProgressLine } from "../catalogue/progressLine";
import { claimStock } from "../components/orderService/handlers/stock/claimStock";
import { StockStore } from "../components/orderService/handlers/stock/stockStore";
import { moveHome } from "../components/searchService/handlers/moveHome";
import { ProductStore } from "../components/searchService/handlers/productStore";
import { isLive } from "../domain/catalogue/product";
import { DELIVERY_ID_PATTERN } from "../domain/stock";
import {
  clientIn,
  findStore,
  PRODUCTS_VARIABLE,
  STOCK_VARIABLE,
  type StoreConnection,
  stateIn,
} from "./regions/connection";
import { describeRegions } from "./regions/describe";
import {
  type Replicas,
  reasonOf,
  refuseClaimFromLiveRegion,
  refuseMoveFromLiveRegion,
  status,
  writeDrain,
} from "./regions/operate";
import { runCommand } from "./runCommand";

const USAGE = `Usage: npm run region -- COMMAND [options]

  status              shows the state of all Regions as each Region sees it
  drain REGION        takes a Region out of traffic; the peer Region takes over its open orders
  undrain REGION      returns a Region to traffic
  move-home FROM TO   makes TO the home Region of FROM's products, so that merchandisers can change them while FROM is lost
  claim-stock LOST INTO
                      adds to INTO's shares what LOST, a Region that is lost for good, may still promise. Units that LOST
                      promised just before may be promised twice; if it returns, it gives the claimed units up.
  add-stock PRODUCT UNITS --delivery ID --from REGION
                      adds units of a product to the Region's share; the id makes it happen once in the store
  take-stock PRODUCT UNITS --delivery ID --from REGION
                      takes units away that were lost, broken or miscounted
  stock PRODUCT       shows the product's shares as each Region sees them

The commands use only the tables of a Region that answers. They need no control plane.

  --from REGION       writes in this Region (default of drain and undrain: any that answers)
  --delivery ID       add-stock, take-stock: the delivery's id, once in the store
  --by NAME           drain, undrain: the operator's name (default: your login name)
  --force             skips the safety check

Store (default: the local run):
  --data FOLDER                                     the local run that was started with the same option
  --stack NAME                                      a deployed Pulumi stack
  --table NAME --products NAME --stock NAME --regions R1,R2
                                                    its tables and Regions, or in the environment as STAYOPEN_REGIONS_TABLE,
                                                    STAYOPEN_PRODUCTS_TABLE, STAYOPEN_STOCK_TABLE and STAYOPEN_REGIONS: works
                                                    without Pulumi
`;

const options = {
  data: { type: "string" },
  stack: { type: "string" },
  table: { type: "string" },
  products: { type: "string" },
  stock: { type: "string" },
  delivery: { type: "string" },
  regions: { type: "string" },
  from: { type: "string" },
  by: { type: "string" },
  force: { type: "boolean", default: false },
} as const;

runCommand({ usage: USAGE, options, needsWord: true }, async (flags, [command, first, second]) => {
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
    case "claim-stock": {
      const example = "npm run region -- claim-stock us-east-1 us-west-2";
      const lost = needed(first, `The lost Region is missing. Example: ${example}`);
      const into = needed(second, `The Region that gets the units is missing. Example: ${example}`);
      return await claimShares(store, replicas, { lost, into, force: flags.force });
    }
    case "add-stock":
    case "take-stock": {
      const example = `npm run region -- ${command} kettle-1 40 --delivery D-1001 --from us-east-1`;
      const productId = needed(first, `The product is missing. Example: ${example}`);
      const units = Number(needed(second, `The units are missing. Example: ${example}`));
      if (!Number.isSafeInteger(units) || units <= 0)
        throw new Error(`UNITS is "${second}"; it must be a whole number of at least 1. Example: ${example}`);
      const id = needed(flags.delivery, `The delivery's id is missing. Example: ${example}`);
      const region = needed(flags.from, `The Region is missing. Example: ${example}`);
      const signed = command === "add-stock" ? units : -units;
      return await addUnits(store, stockIn(store, region), { productId, units: signed, id, force: flags.force });
    }
    case "stock":
      return await showShares(
        store,
        needed(first, "The product is missing. Example: npm run region -- stock kettle-1"),
      );
    default:
      throw new Error(
        `"${command}" is no command. Use status, drain, undrain, move-home, claim-stock, add-stock, take-stock or stock.`,
      );
  }
});

/** Opens one Region's replica of the table of stock. */
function stockIn(store: StoreConnection, region: string): StockStore {
  if (!store.stockTable) throw new Error(`The table of stock is unknown. Give --stock NAME or set ${STOCK_VARIABLE}.`);
  const connection = needed(
    store.regions.find((one) => one.region === region),
    `"${region}" is no Region of this store.`,
  );
  return new StockStore(clientIn(connection), store.stockTable, region);
}

async function claimShares(
  store: StoreConnection,
  replicas: Replicas,
  { lost, into, force }: { lost: string; into: string; force: boolean },
): Promise<void> {
  if (lost === into) throw new Error(`LOST and INTO are both ${lost}. Give two different Regions.`);
  const stock = stockIn(store, into);
  if (!force) await refuseClaimFromLiveRegion(lost, into, replicas);
  const { products, units, left } = await claimStock(stock, lost);
  console.log(`Claimed ${units} units of ${products} products from ${lost} for ${into}.`);
  if (left > 0) throw new Error(`${left} products were changed concurrently and were not claimed. Repeat the command.`);
}

async function addUnits(
  store: StoreConnection,
  stock: StockStore,
  { productId, units, id, force }: { productId: string; units: number; id: string; force: boolean },
): Promise<void> {
  if (!new RegExp(DELIVERY_ID_PATTERN).test(id))
    throw new Error(`--delivery is "${id}"; it must be 1 to 64 letters, digits, dots, hyphens or underscores.`);
  if (!force) await checkProduct(store, stock.region, productId);
  const outcome = await stock.deliver(productId, units, id, new Date().toISOString());
  if (outcome === "different")
    throw new Error(
      `Delivery ${id} of ${productId} was written with another number of units. Give another --delivery.`,
    );
  if (outcome === "short")
    throw new Error(`The share of ${productId} in ${stock.region} has fewer than ${-units} units. Take away fewer.`);
  const done = `${units > 0 ? "Added" : "Took"} ${Math.abs(units)} units of ${productId} in ${stock.region}`;
  console.log(outcome === "repeated" ? `Delivery ${id} was written before; nothing has changed.` : `${done} (${id}).`);
}

/** Refuses units of a product that does not exist, and says so if it is not counted yet. */
async function checkProduct(store: StoreConnection, region: string, productId: string): Promise<void> {
  const connection = store.regions.find((one) => one.region === region);
  if (!store.productsTable || !connection) {
    console.log(`The product was not checked: give --products NAME or set ${PRODUCTS_VARIABLE}.`);
    return;
  }
  const products = new ProductStore({ client: clientIn(connection), table: store.productsTable, region });
  const product = await products.get(productId);
  if (!product || !isLive(product))
    throw new Error(`${region} knows no product ${productId}. Create it first, or give --force.`);
  if (!product.counted)
    console.log(
      `${productId} is not counted yet: set counted to true in the catalogue to sell it from these units only.`,
    );
}

async function showShares(store: StoreConnection, productId: string): Promise<void> {
  const replicas = store.regions.map(({ region }) => stockIn(store, region));
  for (const replica of replicas) {
    const { region } = replica;
    try {
      const shares = await replica.shares(productId);
      const texts = shares.map((share) => `${share.region}: ${share.available} available, ${share.sold} sold`);
      console.log(`Seen from ${region}: ${texts.join("; ") || "no shares"}.`);
    } catch (error) {
      console.log(`Seen from ${region}: no answer (${reasonOf(error)}).`);
    }
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
  const progress = createProgressLine();
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
