// Starts a store, freezes its Region, notifies the parent, and waits to be killed.
import { startStore } from "../../../local/store";

const [, , dataDir, program] = process.argv;
void startStore({ dataDir, program, port: 0 }).then(async ({ deployment, chaos }) => {
  await chaos.freeze(deployment.region);
  process.send?.({ endpoint: deployment.endpoint });
});
setInterval(() => undefined, 60_000);
