import * as fs from "node:fs";
import * as path from "node:path";
import { fileURLToPath } from "node:url";
import { type DecodedSourceMap, decodedMappings, originalPositionFor, TraceMap } from "@jridgewell/trace-mapping";
import { type AnyFunction, type Closures, closures } from "./closures";
import { pathOf } from "./modules";

/** A position in a source file. Line and column count from 1. */
export interface Position {
  /** Relative to the working directory. */
  file: string;
  line: number;
  column: number;
}

/** A function's text inside its loaded script. */
export interface Placed {
  scriptId: string;
  source: string;
  /** Offset of the function's text in the script. */
  offset: number;
  text: string;
}

/** Part of a function's text that maps to one position in a source file. Lines and columns count from 0. */
export interface Segment {
  /** Offset in the function's text. */
  at: number;
  file: string;
  line: number;
  column: number;
}

/** Finds the source positions of live functions and of names inside them. */
export class Positions {
  private readonly maps = new Map<string, { map: TraceMap; file: string } | undefined>();
  private readonly starts = new Map<string, number[]>();

  private readonly live: Closures = closures();

  /** Finds the function's text in its script; undefined for native code. */
  public place(fn: AnyFunction): Placed | undefined {
    const location = this.live.locate(fn);
    if (!location) return undefined;
    const source = this.live.source(location.scriptId);
    const text = Function.prototype.toString.call(fn);
    const at = (this.lineStarts(location.scriptId, source)[location.line] ?? 0) + location.column;
    // V8 points at the parameters, and the text starts before them: take the last occurrence that contains the position.
    const offset = source.lastIndexOf(text, at);
    return offset < 0 || offset + text.length < at ? undefined : { scriptId: location.scriptId, source, offset, text };
  }

  /** Source position of an offset in a function's text. */
  public at(fn: AnyFunction, offset = 0): Position | undefined {
    const placed = this.place(fn);
    if (!placed) return undefined;
    const [line, column] = this.lineAndColumn(placed.scriptId, placed.source, placed.offset + offset);
    return this.original(placed.scriptId, line, column);
  }

  /** Source position of the first occurrence of a name in a function's text; the function's start if there is none. */
  public ofName(fn: AnyFunction, name: string): Position | undefined {
    const text = Function.prototype.toString.call(fn);
    const found = new RegExp(`(?<![\\w$]|(?<!\\.\\.)\\.)${name.replace(/\$/g, "\\$")}(?![\\w$])`).exec(text);
    return this.at(fn, found?.index ?? 0);
  }

  /** Parts of a function's text with their source positions, in order. */
  public segments(fn: AnyFunction): Segment[] {
    const placed = this.place(fn);
    if (!placed) return [];
    const { scriptId, source, offset, text } = placed;
    const starts = this.lineStarts(scriptId, source);
    const [firstLine] = this.lineAndColumn(scriptId, source, offset);
    const [lastLine] = this.lineAndColumn(scriptId, source, offset + text.length);
    const mapped = this.mapOf(scriptId);
    const segments: Segment[] = [];
    for (let line = firstLine; line <= lastLine; line++) {
      const start = (starts[line] ?? 0) - offset;
      if (!mapped) {
        const at = Math.max(start, 0);
        segments.push({ at, file: this.relative(this.urlOf(fn)), line, column: at - start });
        continue;
      }
      for (const segment of decodedMappings(mapped.map)[line] ?? []) {
        const at = start + segment[0];
        if (segment.length === 1 || at < 0 || at > text.length) continue;
        const file = this.relative(absolute(mapped.map.sources[segment[1]] ?? null, mapped.file));
        segments.push({ at, file, line: segment[2], column: segment[3] });
      }
    }
    return segments;
  }

  private original(scriptId: string, line: number, column: number): Position | undefined {
    const mapped = this.mapOf(scriptId);
    if (!mapped) return { file: this.relative(this.live.url(scriptId)), line: line + 1, column: column + 1 };
    const found = originalPositionFor(mapped.map, { line: line + 1, column });
    if (found.source === null) return undefined;
    return { file: this.relative(absolute(found.source, mapped.file)), line: found.line, column: found.column + 1 };
  }

  private urlOf(fn: AnyFunction): string {
    return pathOf(this.live.locate(fn)?.url ?? "");
  }

  private relative(file: string): string {
    return path.relative(process.cwd(), pathOf(file)).split(path.sep).join("/");
  }

  /** Source map of a script, as written by ts-node and tsc. */
  private mapOf(scriptId: string): { map: TraceMap; file: string } | undefined {
    if (this.maps.has(scriptId)) return this.maps.get(scriptId);
    const url = this.live.sourceMapUrl(scriptId);
    const file = pathOf(this.live.url(scriptId));
    const text = url === undefined ? undefined : readMap(url, file);
    const mapped =
      text === undefined ? undefined : { map: new TraceMap(JSON.parse(text) as DecodedSourceMap, file), file };
    this.maps.set(scriptId, mapped);
    return mapped;
  }

  private lineAndColumn(scriptId: string, source: string, offset: number): [line: number, column: number] {
    const starts = this.lineStarts(scriptId, source);
    const line = lineOf(starts, offset);
    return [line, offset - (starts[line] ?? 0)];
  }

  private lineStarts(scriptId: string, source: string): number[] {
    let starts = this.starts.get(scriptId);
    if (!starts) {
      starts = lineStartsOf(source);
      this.starts.set(scriptId, starts);
    }
    return starts;
  }
}

/** Offsets at which the lines of a text start. */
export function lineStartsOf(text: string): number[] {
  const starts = [0];
  for (let i = text.indexOf("\n"); i >= 0; i = text.indexOf("\n", i + 1)) starts.push(i + 1);
  return starts;
}

/** Index of the line that contains an offset. */
export function lineOf(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

function readMap(url: string, file: string): string | undefined {
  if (url.startsWith("data:")) {
    const comma = url.indexOf(",");
    return Buffer.from(url.slice(comma + 1), url.slice(0, comma).endsWith(";base64") ? "base64" : "utf8").toString(
      "utf8",
    );
  }
  const beside = path.resolve(path.dirname(file), url);
  // For a package without published maps, its compiled files are the sources.
  return fs.existsSync(beside) ? fs.readFileSync(beside, "utf8") : undefined;
}

const absolute = (source: string | null, file: string): string =>
  source === null
    ? file
    : source.startsWith("file:")
      ? fileURLToPath(source)
      : path.resolve(path.dirname(file), source);

let shared: Positions | undefined;

/** The positions of this process, with the source maps that have been read. */
export function positions(): Positions {
  shared ??= new Positions();
  return shared;
}
