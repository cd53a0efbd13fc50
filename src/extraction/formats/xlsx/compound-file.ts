import { fail } from "../../../core/errors";

const MAGIC = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
const HEADER_BYTES = 512;
const ENTRY_BYTES = 128;
const LAST_SECTOR = 0xfffffffa;
const STREAM = 2;
const ROOT = 5;

/** A compound file ([MS-CFB]), which XLS is; so are encrypted workbooks, old Word documents and mails. */
export const hasCompoundMagic = (bytes: Uint8Array): boolean => MAGIC.every((byte, i) => bytes[i] === byte);

const damaged = () => fail("malformed_data", "The workbook is damaged: its compound file is cut.");

interface Entry {
  name: string;
  kind: number;
  start: number;
  bytes: number;
}

/** The streams of a compound file by name. Storages within are not told apart: a workbook stands in none. */
export class CompoundFile {
  readonly #file: Uint8Array;
  readonly #view: DataView;
  readonly #sectorBytes: number;
  readonly #fat: Uint32Array;
  readonly #entries: readonly Entry[];

  constructor(file: Uint8Array) {
    if (file.length < HEADER_BYTES || !hasCompoundMagic(file)) throw damaged();
    this.#file = file;
    this.#view = new DataView(file.buffer, file.byteOffset, file.byteLength);
    const shift = this.#view.getUint16(30, true);
    if (shift !== 9 && shift !== 12) throw damaged();
    this.#sectorBytes = 1 << shift;
    this.#fat = this.#readFat();
    this.#entries = this.#readEntries();
  }

  has(name: string): boolean {
    return this.#entries.some((entry) => entry.kind === STREAM && entry.name === name);
  }

  /** The bytes of a stream, null where there is none of the name. */
  stream(name: string): Uint8Array | null {
    const entry = this.#entries.find((one) => one.kind === STREAM && one.name === name);
    if (!entry) return null;
    const cutoff = this.#view.getUint32(56, true);
    return entry.bytes < cutoff ? this.#small(entry) : this.#chain(entry.start).subarray(0, entry.bytes);
  }

  #sector(index: number): Uint8Array {
    const from = (index + 1) * this.#sectorBytes;
    if (from >= this.#file.length) throw damaged();
    return this.#file.subarray(from, from + this.#sectorBytes);
  }

  /** All sectors from `start` on, joined. A chain that is longer than the file has sectors goes round in a circle. */
  #chain(start: number): Uint8Array {
    const sectors: Uint8Array[] = [];
    for (let at = start; at < LAST_SECTOR; at = this.#fat[at] ?? LAST_SECTOR) {
      if (sectors.length > this.#file.length / this.#sectorBytes) throw damaged();
      sectors.push(this.#sector(at));
    }
    const joined = new Uint8Array(sectors.length * this.#sectorBytes);
    sectors.forEach((sector, i) => {
      joined.set(sector, i * this.#sectorBytes);
    });
    return joined;
  }

  /** Streams below the cutoff stand in pieces of 64 bytes within the stream of the root. */
  #small({ start, bytes }: Entry): Uint8Array {
    const root = this.#entries.find(({ kind }) => kind === ROOT);
    if (!root) throw damaged();
    const container = this.#chain(root.start);
    const miniFat = words(this.#chain(this.#view.getUint32(60, true)));
    const pieceBytes = 1 << Math.min(12, this.#view.getUint16(32, true));
    const found = new Uint8Array(Math.min(bytes, container.length));
    let size = 0;
    for (let at = start; at < LAST_SECTOR && size < found.length; at = miniFat[at] ?? LAST_SECTOR) {
      const piece = container.subarray(at * pieceBytes, (at + 1) * pieceBytes);
      if (piece.length === 0) throw damaged();
      found.set(piece.subarray(0, found.length - size), size);
      size += piece.length;
    }
    return found;
  }

  #readFat(): Uint32Array {
    const sectors: number[] = [];
    const most = this.#file.length / this.#sectorBytes;
    const take = (from: Uint32Array) => {
      for (const sector of from) if (sector < LAST_SECTOR) sectors.push(sector);
    };
    take(words(this.#file.subarray(76, HEADER_BYTES)));
    let next = this.#view.getUint32(68, true);
    for (let i = 0; next < LAST_SECTOR; i++) {
      if (i > most) throw damaged();
      const list = words(this.#sector(next));
      take(list.subarray(0, -1));
      next = list.at(-1)!;
    }
    if (sectors.length > most) throw damaged();
    const perSector = this.#sectorBytes / 4;
    const fat = new Uint32Array(sectors.length * perSector);
    sectors.forEach((sector, i) => {
      fat.set(words(this.#sector(sector)), i * perSector);
    });
    return fat;
  }

  #readEntries(): Entry[] {
    const directory = this.#chain(this.#view.getUint32(48, true));
    const view = new DataView(directory.buffer);
    const entries: Entry[] = [];
    for (let at = 0; at + ENTRY_BYTES <= directory.length; at += ENTRY_BYTES) {
      const nameBytes = Math.min(64, view.getUint16(at + 64, true));
      const name = new TextDecoder("utf-16le").decode(
        directory.subarray(at, at + Math.max(0, nameBytes - 2)),
      );
      entries.push({
        name,
        kind: directory[at + 66]!,
        start: view.getUint32(at + 116, true),
        bytes: view.getUint32(at + 120, true),
      });
    }
    return entries;
  }
}

/** Little-endian words; a part of one at the end is left out. */
function words(bytes: Uint8Array): Uint32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Uint32Array.from({ length: bytes.length >> 2 }, (_, i) => view.getUint32(i * 4, true));
}
