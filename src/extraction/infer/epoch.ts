import { epochToMicros, inRange, type Micros } from "../../core/timestamps";
import type { EPOCH_UNITS } from "../contract";

export type EpochUnit = (typeof EPOCH_UNITS)[number];

/** The time of an epoch number in a unit, or null outside what can be stored. */
export function readEpoch(cell: unknown, unit: EpochUnit): Micros | null {
  if (typeof cell === "string" && /^\d{18,19}$/.test(cell.trim()) && unit === "ns") {
    // 19 digits do not fit a double: cut nanoseconds to microseconds as text.
    const micros = Number(cell.trim().slice(0, -3));
    return inRange(micros) ? micros : null;
  }
  const value =
    typeof cell === "number"
      ? cell
      : Number(typeof cell === "string" && cell.trim() !== "" ? cell : Number.NaN);
  if (!Number.isFinite(value)) return null;
  const micros = epochToMicros(value, unit);
  return inRange(micros) ? micros : null;
}

const FROM_S = 315_532_800; // 1980
const TO_S = 2_524_608_000; // 2050

/** The unit under which all of a column lies between 1980 and 2050, or null. */
export function plausibleEpochUnit(min: number, max: number): EpochUnit | null {
  for (const [unit, perSecond] of [
    ["s", 1],
    ["ms", 1e3],
    ["us", 1e6],
    ["ns", 1e9],
  ] as const) {
    if (min >= FROM_S * perSecond && max <= TO_S * perSecond) return unit;
  }
  return null;
}
