// Makes samples/sensor-day.csv: a day of a pump by the minute, temperature in °C and vibration in mm/s. It is the same
// at every run. `--check` only compares.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ROOT } from "./lib/paths.mjs";

const MINUTES = 1_440;
const START_MS = Date.UTC(2026, 2, 2);

/** Uniform numbers in (0, 1) (Tommy Ettinger's mulberry32). */
function seededRandom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (((mixed ^ (mixed >>> 14)) >>> 0) + 0.5) / 4_294_967_296;
  };
}

const random = seededRandom(20_260_302);
/** Nearly normal, of variance 1, and bounded: the sum of twelve uniform numbers. It needs no logarithm, whose last
 *  digit may differ between machines. */
const noise = () => Array.from({ length: 12 }, random).reduce((sum, value) => sum + value, -6);
/** The day's warmth: a parabola that is 0 at midnight and 1 at noon. */
const warmth = (minute) => 1 - ((minute - MINUTES / 2) / (MINUTES / 2)) ** 2;

const lines = ["timestamp,machine,temperature_c,vibration_mm_s"];
for (let minute = 0; minute < MINUTES; minute++) {
  const temperature = 58 + 6 * warmth(minute) + 0.25 * noise();
  const vibration = 2.4 + 0.3 * warmth(minute) + 0.06 * noise();
  const time = new Date(START_MS + minute * 60_000).toISOString().replace(".000Z", "Z");
  lines.push(`${time},pump-7,${temperature.toFixed(2)},${vibration.toFixed(3)}`);
}
const made = `${lines.join("\n")}\n`;
const file = join(ROOT, "samples", "sensor-day.csv");
if (!process.argv.includes("--check")) await writeFile(file, made);
else if ((await readFile(file, "utf8")) !== made) {
  console.error("samples/sensor-day.csv is not what scripts/make-sensor-sample.mjs makes.");
  process.exit(1);
}
