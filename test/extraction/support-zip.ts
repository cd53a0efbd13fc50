import { crc32, deflateRawSync } from "node:zlib";
import { concat, utf8 } from "../../src/core/bytes";

export interface ZipPart {
  name: string | Uint8Array;
  content: string | Uint8Array;
  /** What stands in the directory in place of the truth. */
  declared?: {
    bytes?: number;
    crc32?: number;
    method?: number;
    flags?: number;
    attributes?: number;
    header?: number;
  };
  /** Not deflated. */
  stored?: boolean;
  /** Put behind the deflated data and counted as packed. */
  tail?: Uint8Array;
}

/** A ZIP archive byte by byte (APPNOTE 6.3.10), so that a test can make one that no tool would. */
export function zipOf(
  parts: readonly ZipPart[],
  { comment = "", prefix = new Uint8Array(0), wide = false, count = parts.length } = {},
): Uint8Array {
  const locals: Uint8Array[] = [prefix];
  const central: Uint8Array[] = [];
  let at = 0;
  for (const { name, content, declared = {}, stored = false, tail = new Uint8Array(0) } of parts) {
    const nameBytes = typeof name === "string" ? utf8(name) : name;
    const plain = typeof content === "string" ? utf8(content) : content;
    const packed = concat([stored ? plain : deflateRawSync(plain), tail]);
    const common = [
      ...u16(declared.flags ?? 0x800, declared.method ?? (stored ? 0 : 8), 0, 0),
      ...u32(declared.crc32 ?? crc32(plain), packed.length, declared.bytes ?? plain.length),
      ...u16(nameBytes.length, 0),
    ];
    const local = concat([Uint8Array.from([...u32(0x04034b50), ...u16(20), ...common]), nameBytes, packed]);
    const head = [...u32(0x02014b50), ...u16(0x031e, 20), ...common, ...u16(0, 0, 0)];
    central.push(
      Uint8Array.from([...head, ...u32(declared.attributes ?? 0, declared.header ?? at)]),
      nameBytes,
    );
    locals.push(local);
    at += local.length;
  }
  const size = concat(central).length;
  const end64 = [
    ...[...u32(0x06064b50), ...u64(44), ...u16(45, 45), ...u32(0, 0)],
    ...[...u64(count), ...u64(count), ...u64(size), ...u64(at)],
    ...[...u32(0x07064b50, 0), ...u64(at + size), ...u32(1)],
  ];
  const end = wide
    ? [...end64, ...u32(0x06054b50), ...u16(0, 0, 0xffff, 0xffff), ...u32(0xffffffff, 0xffffffff)]
    : [...u32(0x06054b50), ...u16(0, 0, count, count), ...u32(size, at)];
  const text = utf8(comment);
  return concat([...locals, ...central, Uint8Array.from([...end, ...u16(text.length)]), text]);
}

const u16 = (...values: number[]) => values.flatMap((value) => [value & 255, (value >>> 8) & 255]);
const u32 = (...values: number[]) => values.flatMap((value) => u16(value & 0xffff, value >>> 16));
const u64 = (value: number) => u32(value >>> 0, Math.floor(value / 2 ** 32));
