import { isDosCodePage } from "./dos-code-pages";

/** A column of a file of dBASE, as its header describes it. */
export interface DbaseField {
  name: Uint8Array;
  type: string;
  bytes: number;
}

export interface DbaseHeader {
  /** Level 7 orders its bytes the other way. */
  isLevel7: boolean;
  isVisualFoxPro: boolean;
  records: number;
  headerBytes: number;
  recordBytes: number;
  fields: DbaseField[];
  /** A label of `TextDecoder`, the number of a code page of DOS, or null where the file does not say. */
  encoding: string | number | null;
}

/** dBASE III to 7, FoxPro and Visual FoxPro, with and without memos (dBASE.com, "dBASE Table File Format"; Microsoft, KB 98743). */
const VERSIONS = new Set([0x03, 0x04, 0x30, 0x31, 0x32, 0x43, 0x63, 0x83, 0x8b, 0x8c, 0xcb, 0xf5, 0xfb]);
const LEVEL_7 = new Set([0x04, 0x8c]);
const VISUAL_FOXPRO = new Set([0x30, 0x31, 0x32]);
const TYPES = "CDFNLMIBOGPTYVQW@+0";
const END = 0x0d;
const MOST_FIELDS = 2_048;

/** The header of a file of dBASE; null where the bytes are none: everything that it says of itself has to fit. */
export function dbaseHeader(bytes: Uint8Array): DbaseHeader | null {
  if (bytes.length < 68 || !VERSIONS.has(bytes[0]!)) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes[2]! > 12 || bytes[3]! > 31) return null;
  const isLevel7 = LEVEL_7.has(bytes[0]!);
  const headerBytes = view.getUint16(8, true);
  const recordBytes = view.getUint16(10, true);
  if (headerBytes > bytes.length) return null;
  const fields = [true, false]
    .map((longTexts) => fieldsOf(bytes.subarray(0, headerBytes), isLevel7, longTexts))
    .find((found) => found?.reduce((sum, field) => sum + field.bytes, 1) === recordBytes);
  if (!fields) return null;
  return {
    isLevel7,
    isVisualFoxPro: VISUAL_FOXPRO.has(bytes[0]!),
    records: view.getUint32(4, true),
    headerBytes,
    recordBytes,
    fields,
    encoding: encodingOf(bytes[29]!),
  };
}

function fieldsOf(header: Uint8Array, isLevel7: boolean, longTexts: boolean): DbaseField[] | null {
  const [first, step, nameBytes] = isLevel7 ? [68, 48, 32] : [32, 32, 11];
  const fields: DbaseField[] = [];
  let at = first;
  // Some writers leave out the mark of the end: then the header ends with its last field.
  for (; at < header.length && header[at] !== END; at += step) {
    if (at + step > header.length || fields.length === MOST_FIELDS) return null;
    const name = header.subarray(at, at + nameBytes);
    const end = name.indexOf(0);
    const type = String.fromCharCode(header[at + nameBytes]!);
    const lengthAt = at + (isLevel7 ? 33 : 16);
    const length = header[lengthAt]!;
    if (!TYPES.includes(type) || end === 0 || name[0]! < 0x20) return null;
    // FoxPro keeps the upper half of a long text's length where numbers keep their decimals.
    const isLong = longTexts && type === "C" && !isLevel7;
    const bytes = isLong ? length + 256 * header[lengthAt + 1]! : length;
    if (bytes === 0) return null;
    fields.push({ name: end < 0 ? name : name.subarray(0, end), type, bytes });
  }
  return fields.length > 0 ? fields : null;
}

/** Language drivers (Esri, "Codepage settings in dBASE files"; Microsoft, "Code Pages Supported by Visual FoxPro"). */
const DRIVERS: readonly (readonly [number, readonly number[]])[] = [
  [437, [0x01, 0x09, 0x0b, 0x0d, 0x0f, 0x11, 0x15, 0x18, 0x19, 0x1b]],
  [850, [0x02, 0x0a, 0x0e, 0x10, 0x12, 0x14, 0x16, 0x1a, 0x1d, 0x25, 0x37]],
  [852, [0x1f, 0x22, 0x23, 0x40, 0x64, 0x87]],
  [860, [0x24]],
  [863, [0x1c, 0x6c]],
  [865, [0x08, 0x17, 0x66]],
];
const LABELS: readonly (readonly [string, readonly number[]])[] = [
  ["windows-1252", [0x03, 0x57, 0x58, 0x59]],
  ["macintosh", [0x04]],
  ["shift_jis", [0x13, 0x7b]],
  ["ibm866", [0x26, 0x65]],
  ["gbk", [0x4d, 0x7a]],
  ["euc-kr", [0x4e, 0x79]],
  ["big5", [0x4f, 0x78]],
  ["windows-874", [0x50, 0x7c]],
  ["windows-1255", [0x7d]],
  ["windows-1256", [0x7e]],
  ["x-mac-cyrillic", [0x96]],
  ["windows-1250", [0xc8]],
  ["windows-1251", [0xc9]],
  ["windows-1254", [0xca]],
  ["windows-1253", [0xcb]],
  ["windows-1257", [0xcc]],
];

function encodingOf(driver: number): string | number | null {
  const page = DRIVERS.find(([, drivers]) => drivers.includes(driver))?.[0];
  if (page !== undefined && isDosCodePage(page)) return page;
  return LABELS.find(([, drivers]) => drivers.includes(driver))?.[0] ?? null;
}
