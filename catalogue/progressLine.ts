/** Progress, as a line that a terminal overwrites; in a log, one line every five seconds. */
export interface ProgressLine {
  (text: string): void;
  /** Prints a line that stays. */
  print(text: string): void;
  /** Prints the last line. */
  end(text: string): void;
}

const LOG_INTERVAL_MS = 5_000;
const TERMINAL_INTERVAL_MS = 100;

/** Creates a progress line on a stream. */
export function createProgressLine(stream: NodeJS.WriteStream = process.stderr): ProgressLine {
  const interval = stream.isTTY ? TERMINAL_INTERVAL_MS : LOG_INTERVAL_MS;
  let last = performance.now();
  const erase = () => {
    if (stream.isTTY) stream.write("\r\x1b[K");
  };
  const print = (text: string) => {
    erase();
    stream.write(`${text}\n`);
  };
  const show = (text: string) => {
    if (performance.now() - last < interval) return;
    last = performance.now();
    if (stream.isTTY) stream.write(`\r\x1b[K${text}`);
    else stream.write(`${text}\n`);
  };
  return Object.assign(show, {
    print,
    end: (text: string) => {
      erase();
      process.stdout.write(`${text}\n`);
    },
  });
}
