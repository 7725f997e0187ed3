import { addSegment, GenMapping, toEncodedMap } from "@jridgewell/gen-mapping";
import { decode, encode, type SourceMapSegment } from "@jridgewell/sourcemap-codec";
import type { AnyFunction } from "./closures";
import { lineOf, lineStartsOf, type Positions } from "./positions";
import type { EmittedFunction, Rewritten } from "./rewrite";

/** Source name of the rewriter's own text, which traces should not show. */
const GLUE = "closure";

/**
 * Creates the source map from the rewritten text of a callback to the files of its functions, as JSON. The serializer keeps a function's
 * text from its parameters on, so that positions can be carried over.
 */
export function mapOfText(
  { text, functions }: Rewritten,
  liveOf: (code: string) => AnyFunction[],
  positions: Positions,
): string {
  const starts = lineStartsOf(text);
  const segments: [offset: number, file: string, line: number, column: number][] = [];
  for (const emitted of functions) {
    const [fn] = liveOf(emitted.code);
    const moved = fn && textToCode(Function.prototype.toString.call(fn), emitted.code);
    if (!fn || !moved) continue;
    for (const { at, file, line, column } of positions.segments(fn))
      if (at >= moved.from && at <= moved.to) segments.push([offsetIn(emitted, at + moved.by), file, line, column]);
    segments.push([offsetIn(emitted, emitted.code.length), GLUE, 0, 0]);
  }
  const map = new GenMapping({ file: GLUE });
  for (const [offset, file, line, column] of segments.sort(([a], [b]) => a - b)) {
    const at = lineOf(starts, offset);
    addSegment(map, at, offset - (starts[at] ?? 0), file, line, column);
  }
  return JSON.stringify(toEncodedMap(map));
}

/** Part of a live function's text that is in its emitted code, and the distance that it has moved. */
function textToCode(text: string, code: string): { from: number; to: number; by: number } | undefined {
  if (text === code) return { from: 0, to: text.length, by: 0 };
  const parameters = code.indexOf("(");
  const from = text.lastIndexOf(code.slice(parameters));
  return from < 0 ? undefined : { from, to: from + code.length - parameters, by: parameters - from };
}

/** Converts an offset in the serializer's code of a function to one in the rewritten text. */
function offsetIn({ offset, renames }: EmittedFunction, at: number): number {
  let moved = offset + at;
  for (const rename of renames) if (rename.at < at) moved += rename.newLength - rename.length;
  return moved;
}

/** Reduces a bundle's map to the project's files, without names, to keep a deployed map small. */
export function projectMap(map: string): string {
  const { sources, mappings } = JSON.parse(map) as { sources: string[]; mappings: string };
  const isKept = sources.map((source) => !source.includes(GLUE_SOURCE) && !source.includes("node_modules/"));
  const position = new Map<number, number>();
  const kept: string[] = [];
  sources.forEach((source, i) => {
    if (isKept[i]) position.set(i, kept.push(source) - 1);
  });
  const lines = decode(mappings).map((segments) => {
    const line: SourceMapSegment[] = [];
    let isOpen = false;
    for (const segment of segments) {
      const source = segment.length === 1 ? undefined : position.get(segment[1]);
      // One unmapped segment ends a mapped part; more are redundant.
      if (segment.length === 1 || source === undefined) {
        if (isOpen) line.push([segment[0]]);
      } else line.push([segment[0], source, segment[2], segment[3]]);
      isOpen = source !== undefined;
    }
    return line;
  });
  return JSON.stringify({ version: 3, sources: kept, names: [], mappings: encode(lines) });
}

/** esbuild's name for the source of the rewriter's text. */
export const GLUE_SOURCE = "closure:";
