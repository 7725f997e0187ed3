import {
  describeKept,
  type Erasure,
  eraseCustomer,
  listUnfinished,
} from "../components/orderService/handlers/erasure/erase";
import { exportCustomer } from "./customers/export";
import { isKnown, unknownCustomer } from "./customers/isKnown";
import { makeMerchandiser } from "./customers/merchandiser";
import { type CustomerClients, findCustomerRegions, openCustomerRegion } from "./customers/places";
import { writePrivateFile } from "./customers/writePrivateFile";
import { runCommand } from "./runCommand";

const USAGE = `Usage: npm run customer -- COMMAND [options]

  export ID     prints all that every Region keeps about a customer, as JSON
  erase ID      deletes the account and replaces name, address and contact in finished orders and their invoices
  finish        continues erasures in Regions that did not answer before
  merchandiser EMAIL   adds an account to the group merchandisers

ID is the customer's id: \`customerId\` of an order, or of an access token.

  --out FILE    export: writes a file that only you can read

Store (default: the local run):
  --data FOLDER    the local run that was started with the same option
  --stack NAME     a deployed Pulumi stack; once for each Region
`;

const options = {
  out: { type: "string" },
  data: { type: "string" },
  stack: { type: "string", multiple: true },
} as const;

runCommand({ usage: USAGE, options, needsWord: true }, async (flags, [command = "", customerId]) => {
  if (!["export", "erase", "finish", "merchandiser"].includes(command)) {
    throw new Error(`"${command}" is no command. Use export, erase, finish or merchandiser.`);
  }
  if (command === "merchandiser" && !customerId) {
    throw new Error("The email address is missing. Example: npm run customer -- merchandiser ada@example.com");
  }
  if (command !== "finish" && !customerId) {
    throw new Error(`The customer's id is missing. Example: npm run customer -- ${command} 0b3c…`);
  }
  const regions = findCustomerRegions(flags).map(openCustomerRegion);
  if (command === "merchandiser") {
    const where = await makeMerchandiser(regions, customerId!);
    console.log(
      `${customerId} is a merchandiser in ${where.join(" and ")}. Sign out and in again, then open /merchandise.`,
    );
    return;
  }
  if (command === "export") return await runExport(regions, customerId!, flags.out);
  if (command === "erase" && !(await isKnown(regions, customerId!))) throw new Error(unknownCustomer(customerId!));
  const customers = command === "erase" ? [customerId!] : await listUnfinished(regions);
  if (customers.length === 0) console.log("All erasures are finished.");
  for (const each of customers) report(await eraseCustomer(regions, each));
});

async function runExport(regions: CustomerClients[], customerId: string, file?: string): Promise<void> {
  const exported = await exportCustomer(regions, customerId);
  const text = JSON.stringify({ customerId, exportedAt: new Date().toISOString(), regions: exported }, undefined, 2);
  if (file === undefined) return console.log(text);
  writePrivateFile(file, `${text}\n`);
  console.log(`Exported to ${file}.`);
}

function report(erasure: Erasure): void {
  const { customerId, done, missing, orders, invoices, accounts } = erasure;
  if (done.length > 0) {
    console.log(
      `Customer ${customerId}: ${accounts} accounts deleted, ${orders} orders and ${invoices} invoices erased in ${done.join(" and ")}.`,
    );
    console.log(["Kept:", ...describeKept(erasure)].join("\n  - "));
  }
  for (const { region, reason } of missing) {
    console.log(
      `${region} did not answer (${reason}). It erases by itself within an hour after its return, or by: npm run customer -- finish`,
    );
    process.exitCode = 1;
  }
}
