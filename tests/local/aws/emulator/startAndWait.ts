// Starts an emulator, sends its address to the parent, and waits to be killed.
import { startMiniStack } from "../../../../local/aws/emulator/supervisor";

const dataDir = process.argv[2];
if (dataDir === undefined) throw new Error("Give a folder.");
void startMiniStack({ region: "us-east-1", dataDir }).then(({ endpoint, pid }) => process.send?.({ endpoint, pid }));
setInterval(() => undefined, 60_000);
