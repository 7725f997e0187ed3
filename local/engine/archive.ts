import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { isAbsolute, join, relative, sep } from "node:path";
import { crc32, deflateRawSync } from "node:zlib";
import type { WireAsset } from "./program";

/** The bytes of a file or text asset. */
export function assetBytes(asset: WireAsset, directory: string): Buffer {
  if (asset.$asset === "text") return Buffer.from(asset.text);
  if (asset.$asset === "file") return readFileSync(absolute(asset.path, directory));
  throw new Error("needs a file where it has an archive.");
}

/** Zip file of a Lambda function's code: made from an archive of files and folders, or an existing one. */
export function zipOf(asset: WireAsset, directory: string): Buffer {
  if ((asset.$asset === "file" || asset.$asset === "directory") && statSync(absolute(asset.path, directory)).isFile()) {
    return readFileSync(absolute(asset.path, directory));
  }
  const files = new Map<string, Buffer>();
  collect(asset, "", directory, files);
  return zip(files);
}

function collect(asset: WireAsset, path: string, directory: string, files: Map<string, Buffer>): void {
  if (asset.$asset === "archive") {
    for (const [name, entry] of Object.entries(asset.entries))
      collect(entry, path ? `${path}/${name}` : name, directory, files);
  } else if (asset.$asset === "directory" && statSync(absolute(asset.path, directory)).isDirectory()) {
    const root = absolute(asset.path, directory);
    for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const file = join(entry.parentPath, entry.name);
      files.set([path, relative(root, file).split(sep).join("/")].filter(Boolean).join("/"), readFileSync(file));
    }
  } else {
    files.set(path, assetBytes(asset, directory));
  }
}

function absolute(path: string, directory: string): string {
  return isAbsolute(path) ? path : join(directory, path);
}

/** Zip file with entries sorted by name and a fixed date, so that the same files give the same bytes. */
export function zip(files: ReadonlyMap<string, Buffer>): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, content] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const path = Buffer.from(name);
    // Only this machine unpacks it: the lowest level takes half the time.
    const compressed = deflateRawSync(content, { level: 1 });
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0); // version needed
    common.writeUInt16LE(0x0800, 2); // names are UTF-8
    common.writeUInt16LE(8, 4); // deflate
    common.writeUInt16LE(0x21, 8); // 1980-01-01
    common.writeUInt32LE(crc32(content), 10);
    common.writeUInt32LE(compressed.length, 14);
    common.writeUInt32LE(content.length, 18);
    common.writeUInt16LE(path.length, 22);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(0x0314, 4); // made on Unix
    common.copy(entry, 6);
    entry.writeUInt32LE((0o100644 << 16) >>> 0, 38);
    entry.writeUInt32LE(offset, 42);
    directory.push(entry, path);
    parts.push(Buffer.from("504b0304", "hex"), common, path, compressed);
    offset += 4 + common.length + path.length + compressed.length;
  }
  const directoryLength = directory.reduce((length, part) => length + part.length, 0);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(files.size, 8);
  end.writeUInt16LE(files.size, 10);
  end.writeUInt32LE(directoryLength, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, ...directory, end]);
}

/** The same data with a digest of its content in place of each asset. */
export function assetDigests(value: unknown, directory: string): unknown {
  if (Array.isArray(value)) return value.map((part) => assetDigests(part, directory));
  if (typeof value !== "object" || value === null) return value;
  if ("$asset" in value) {
    const asset = value as WireAsset;
    const files = new Map<string, Buffer>();
    if (asset.$asset === "text") files.set("", Buffer.from(asset.text));
    else if (asset.$asset !== "archive" && statSync(absolute(asset.path, directory)).isFile()) {
      files.set("", readFileSync(absolute(asset.path, directory)));
    } else collect(asset, "", directory, files);
    const hash = createHash("sha256");
    for (const [name, content] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) {
      hash.update(`${name}\0${content.length}\0`).update(content);
    }
    return { $digest: hash.digest("hex") };
  }
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, assetDigests(part, directory)]));
}
