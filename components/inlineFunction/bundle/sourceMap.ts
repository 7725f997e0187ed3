import { addSegment, GenMapping, toEncodedMap } from "@jridgewell/gen-mapping";
import { decode, encode, type SourceMapSegment } from "@jridgewell/sourcemap-codec";
import type { AnyFunction } from "./closures";
import { lineOf, lineStartsOf, type Positions } from "./positions";
import type { EmittedFunction, Rewritten } from "./rewrite";

/** Source of all that was written by the rewriter itself; no one wants to see it in a trace. */
const GLUE = "closure";

/**
 * Source map from the rewritten text of a callback to the files its functions were written in, as JSON.
 * The serializer keeps a function's text from its parameters on, so its lines and columns can be carried over.
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

/** Which stretch of a live function's text is in its emitted code, and by how much it has moved there. */
function textToCode(text: string, code: string): { from: number; to: number; by: number } | undefined {
  if (text === code) return { from: 0, to: text.length, by: 0 };
  const parameters = code.indexOf("(");
  const from = text.lastIndexOf(code.slice(parameters));
  return from < 0 ? undefined : { from, to: from + code.length - parameters, by: parameters - from };
}

/** Offset in the rewritten text of an offset in the function's code as the serializer printed it. */
function offsetIn({ offset, renames }: EmittedFunction, at: number): number {
  let moved = offset + at;
  for (const rename of renames) if (rename.at < at) moved += rename.newLength - rename.length;
  return moved;
}

/** A bundle's map of the project's own files alone, without names: a map that is deployed should be small. */
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
      // One unmapped segment ends a mapped stretch; more would say nothing new.
      if (segment.length === 1 || source === undefined) {
        if (isOpen) line.push([segment[0]]);
      } else line.push([segment[0], source, segment[2], segment[3]]);
      isOpen = source !== undefined;
    }
    return line;
  });
  return JSON.stringify({ version: 3, sources: kept, names: [], mappings: encode(lines) });
}

/** How esbuild names the source of what the rewriter wrote. */
export const GLUE_SOURCE = "closure:";
