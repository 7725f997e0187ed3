/** `npm run console -- open FILE`: saves and opens recordings of local runs. */
import { writeFileSync } from "node:fs";
import { askConsole } from "../local/console/client";
import { openRecording, type Recording, readRecording } from "../local/console/recording";
import { runCommand } from "./runCommand";

const usage = `Usage: npm run console -- COMMAND

  save FILE       saves the running store's run: its state, its figures and the timelines of its orders
  open FILE       opens a saved run in the console's page, until Ctrl-C

  --port N        port of the page; default: a free one
  --data FOLDER   data folder of the store, as given to npm start
`;

const options = { data: { type: "string" }, port: { type: "string", default: "0" } } as const;

runCommand({ usage, options }, async (values, [command, file, ...rest]) => {
  if (file === undefined || rest.length > 0)
    throw new Error('Give a command and a file, such as "npm run console -- open FILE".');
  if (command === "save") {
    const recording = (await askConsole(values.data, "/recording")) as Recording;
    writeFileSync(file, JSON.stringify(recording));
    console.log(
      `Saved ${Object.keys(recording.timelines).length} orders to ${file}. Open it with: npm run console -- open ${file}`,
    );
  } else if (command === "open") {
    const port = Number(values.port);
    if (!(Number.isInteger(port) && port >= 0 && port < 65_536))
      throw new Error(`--port is "${values.port}"; give a number from 0 to 65535.`);
    const page = await openRecording(readRecording(file), port);
    console.log(`${page.url} shows ${file}. Ctrl-C stops it.`);
  } else throw new Error(`There is no command "${command}": "npm run console -- --help" lists the commands.`);
});
