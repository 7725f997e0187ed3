/** A still picture and the time that it is shown. */
export interface Frame {
  /** A WebP file. */
  webp: Buffer;
  ms: number;
}

/** Parts of a still that its frame needs: the compressed picture, with its alpha channel in front if it has one. */
const PICTURE_CHUNKS = ["ALPH", "VP8 ", "VP8L"];

/**
 * Joins stills of one size into an animated WebP, which repeats for ever. The stills stay as the browser has compressed them.
 *
 * Container: https://developers.google.com/speed/webp/docs/riff_container
 *
 * @throws Error if the stills differ in size.
 */
export function animate(frames: readonly Frame[]): Buffer {
  const [size, ...others] = frames.map(({ webp }) => sizeOf(webp));
  if (size === undefined) throw new Error("An animated picture needs at least one frame.");
  if (others.some(({ width, height }) => width !== size.width || height !== size.height))
    throw new Error("The frames of an animated picture must have the same size.");
  const area = Buffer.concat([uint24(size.width - 1), uint24(size.height - 1)]);
  const body = Buffer.concat([
    Buffer.from("WEBP"),
    // 2: the picture is animated.
    chunk("VP8X", Buffer.concat([Buffer.from([2, 0, 0, 0]), area])),
    // Background, and 0 for endless repetition.
    chunk("ANIM", Buffer.alloc(6)),
    ...frames.map(({ webp, ms }) =>
      chunk(
        "ANMF",
        Buffer.concat([
          // Position 0,0; then the size, the time, and 2: the frame replaces the one before.
          Buffer.alloc(6),
          area,
          uint24(ms),
          Buffer.from([2]),
          ...chunksOf(webp)
            .filter(({ name }) => PICTURE_CHUNKS.includes(name))
            .map(({ name, data }) => chunk(name, data)),
        ]),
      ),
    ),
  ]);
  return chunk("RIFF", body);
}

/** Reads the size of a still in pixels. */
export function sizeOf(webp: Buffer): { width: number; height: number } {
  for (const { name, data } of chunksOf(webp)) {
    if (name === "VP8 ") return { width: data.readUInt16LE(6) & 0x3fff, height: data.readUInt16LE(8) & 0x3fff };
    if (name !== "VP8L") continue;
    const bits = data.readUInt32LE(1);
    return { width: (bits & 0x3fff) + 1, height: ((bits >> 14) & 0x3fff) + 1 };
  }
  throw new Error("The file has no WebP picture.");
}

function chunksOf(webp: Buffer): { name: string; data: Buffer }[] {
  if (webp.toString("latin1", 0, 4) !== "RIFF" || webp.toString("latin1", 8, 12) !== "WEBP")
    throw new Error("The file is not WebP.");
  const chunks: { name: string; data: Buffer }[] = [];
  for (let at = 12; at + 8 <= webp.length; ) {
    const length = webp.readUInt32LE(at + 4);
    chunks.push({ name: webp.toString("latin1", at, at + 4), data: webp.subarray(at + 8, at + 8 + length) });
    at += 8 + length + (length % 2);
  }
  return chunks;
}

function chunk(name: string, data: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.write(name, "latin1");
  head.writeUInt32LE(data.length, 4);
  // Each chunk fills an even number of bytes.
  return Buffer.concat([head, data, Buffer.alloc(data.length % 2)]);
}

function uint24(value: number): Buffer {
  const bytes = Buffer.alloc(3);
  bytes.writeUIntLE(value, 0, 3);
  return bytes;
}
