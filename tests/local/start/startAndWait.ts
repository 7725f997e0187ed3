// Starts a store, sends its address to the parent, and waits to be killed.
import { startStore } from "../../../local/store";

const [, , dataDir, program] = process.argv;
void startStore({ dataDir, program, port: 0 }).then(({ deployment }) =>
  process.send?.({ endpoint: deployment.endpoint }),
);
setInterval(() => undefined, 60_000);
