import type { Sheeted } from "../interchange/sheeted";
import { decoded, type LotusCell, LotusSheets } from "./cells";
import { type LotusRecord, lotusRecords, need, textBytes } from "./records";

const LABEL = 0x16;
const LONG_NUMBER = 0x17;
const SHORT_NUMBER = 0x18;
const LONG_FORMULA = 0x19;
const STRING = 0x1a;
const SETTINGS = 0x1b;
const SCALED_NUMBER = 0x25;
const NUMBER = 0x27;
const FORMULA = 0x28;
const SHEET_NAME = 0x36b0;

/** What a short number is multiplied by or divided through, by its lowest bits. */
const SCALES: readonly number[] = [5_000, 500, 1 / 20, 1 / 200, 1 / 2_000, 1 / 20_000, 1 / 16, 1 / 64];

/**
 * Worksheets of 1-2-3 from release 3 on (Lotus, "1-2-3 Release 3 File Format"), of several sheets. How their cells are
 * formatted is not read: dates are the numbers of their days. Throws `malformed_data`.
 */
export function readRelease3(bytes: Uint8Array): Sheeted {
  const sheets = new LotusSheets();
  for (const record of lotusRecords(bytes))
    if (record.type === SETTINGS) nameSheet(sheets, record.body);
    else addCell(sheets, record);
  return {
    sheets: sheets.finish(),
    notes: ["What this kind of worksheet shows as dates is read as numbers: days since 30 December 1899."],
  };
}

function nameSheet(sheets: LotusSheets, body: DataView): void {
  if (body.byteLength < 5 || body.getUint16(0, true) !== SHEET_NAME) return;
  const name = decoded(textBytes(body, 4).subarray(0, 256)).trim();
  if (name !== "") sheets.name(body.getUint16(2, true), name);
}

function addCell(sheets: LotusSheets, { type, body }: LotusRecord): void {
  const isText = type === LABEL || type === STRING;
  const readValue = VALUES.get(type);
  if (!isText && !readValue) return;
  need(body, 5);
  const at: LotusCell = { row: body.getUint16(0, true), sheet: body.getUint8(2), column: body.getUint8(3) };
  if (type === LABEL) sheets.label(at, textBytes(body, 4));
  else if (type === STRING) sheets.text(at, decoded(textBytes(body, 4)));
  else sheets.number(at, readValue!(body));
  if (type === LONG_FORMULA || type === FORMULA) sheets.formula(at);
}

/** How the numbers of cells are written, behind four bytes of their place. */
const VALUES: ReadonlyMap<number, (body: DataView) => number> = new Map([
  [LONG_NUMBER, longNumber],
  [LONG_FORMULA, longNumber],
  [SHORT_NUMBER, shortNumber],
  [SCALED_NUMBER, scaledNumber],
  [NUMBER, number],
  [FORMULA, number],
]);

function number(body: DataView): number {
  need(body, 12);
  return body.getFloat64(4, true);
}

/** The extended format of the 8087: 64 bits of mantissa, 15 of exponent, a sign. ERR and NA have all exponent bits set. */
function longNumber(body: DataView): number {
  need(body, 14);
  const [low, high] = [body.getUint32(4, true), body.getUint32(8, true)];
  const last = body.getUint16(12, true);
  if ((last & 0x7fff) === 0x7fff) return high === 0 ? 0 : Number.NaN;
  const exponent = (last & 0x7fff) - 16_383 - 63;
  const size = high * 2 ** (exponent + 32) + low * 2 ** exponent;
  return last & 0x8000 ? -size : size;
}

/** Fifteen bits with a sign, or eleven of them times a factor. */
function shortNumber(body: DataView): number {
  need(body, 6);
  const value = body.getInt16(4, true);
  if ((value & 1) === 0) return value >> 1;
  return rounded((value >> 4) * SCALES[(value >> 1) & 7]!);
}

/** Twenty-six bits, a power of ten in four, whether it divides, a sign: as LibreOffice reads it (`Snum32ToDouble`, sc/source/filter/lotus). */
function scaledNumber(body: DataView): number {
  need(body, 8);
  const value = body.getUint32(4, true);
  const power = 10 ** (value & 15);
  const size = value & 16 ? (value >>> 6) / power : (value >>> 6) * power;
  return value & 32 ? -size : size;
}

/** A factor of 1/20 is none in binary. */
const rounded = (value: number): number => Number(value.toPrecision(12));
