import { readTimeOfDay } from "../../infer/clock";
import { isMissingWord } from "../../infer/numbers";
import { isReading, isTimeReading } from "../../infer/reading";
import { filledWidth } from "../row-kinds";

/**
 * Names differ from what stands below them: they are words above numbers or times, none is repeated, and they do not
 * come back as values. Names that are years, days or numbers in a series (a wide table) may stand beside words.
 */
export function looksLikeHeader(head: readonly string[], below: readonly string[][]): boolean {
  const filled = head.map((cell) => cell.trim()).filter((cell) => cell !== "");
  if (filled.length === 0) return false;
  const readings = filled.filter(isReading);
  const repeated = filled.length - new Set(filled.map((cell) => cell.toLowerCase())).size;
  if (below.length === 0) return readings.length === 0 && repeated === 0;
  if (readings.length > 0) return isWideHeader(head, below);
  let contrast = 0;
  let typed = 0;
  let recurring = 0;
  let compared = 0;
  for (let column = 0; column < head.length; column++) {
    const name = head[column]!.trim();
    if (name === "") continue;
    const values = below
      .map((row) => (row[column] ?? "").trim())
      .filter((cell) => cell !== "" && !isMissingWord(cell));
    if (values.length === 0) continue;
    compared++;
    const share = values.filter(isReading).length / values.length;
    if (share >= 0.7) {
      typed++;
      if (!isMissingWord(name)) contrast++;
    } else if (values.some((value) => value === name)) recurring++;
  }
  if (typed > 0) return contrast > 0 && recurring <= compared / 2;
  // Nothing but text: a first row whose words come back below is data, and so is one of codes as those below.
  return recurring === 0 && repeated === 0 && below.length >= 1 && codesAlike(head, below) < 2;
}

/** Columns of codes of one length and case ("DE", "FR") whose first cell is such a code as well. */
function codesAlike(head: readonly string[], below: readonly string[][]): number {
  const shape = (cell: string) =>
    cell
      .replace(/\p{Lu}/gu, "A")
      .replace(/\p{Ll}/gu, "a")
      .replace(/\d/g, "0");
  return head.filter((cell, column) => {
    const own = cell.trim();
    const values = below.map((row) => (row[column] ?? "").trim());
    return (
      own.length >= 2 &&
      own.length <= 8 &&
      values.length >= 3 &&
      values.every((value) => shape(value) === shape(own))
    );
  }).length;
}

/**
 * The rows below a header that comes back among them: in a short table its words would weigh as much as the readings.
 * Only where readings are left, as rows of text may well be equal.
 */
export function withoutRepeats(head: readonly string[], below: readonly string[][]): readonly string[][] {
  const names = cleaned(head);
  if (names.some(isReading)) return below;
  const rest = below.filter(
    (row) => row.length !== names.length || !row.every((cell, i) => cell.trim() === names[i]),
  );
  const overReadings = names.some((name, i) => name !== "" && !isMissingWord(name) && share(rest, i) >= 0.7);
  return overReadings ? rest : below;
}

/** Names of a wide table: years, times or numbers in a series, beside words or under a corner that has no name. */
function isWideHeader(head: readonly string[], below: readonly string[][]): boolean {
  const labels = cleaned(head).filter(isReading);
  if (new Set(labels).size < labels.length) return false;
  const bareCorner = isBareCorner(head, below);
  if (!bareCorner && !head.some((_, i) => isWordAbove(head, below, i))) return false;
  const years = labels.filter(isYear).length;
  if (years >= 2 && years === labels.length) {
    const first = head.findIndex((cell) => isYear(cell.trim()));
    const values = below.map((row) => (row[first] ?? "").trim());
    return values.filter(isYear).length < values.length / 2;
  }
  const times = head.flatMap((cell, i) => (isTimeReading(cell.trim()) || readTimeOfDay(cell) ? [i] : []));
  if (times.length >= 2 && times.length === labels.length) {
    const under = below.flatMap((row) =>
      times.map((i) => (row[i] ?? "").trim()).filter((cell) => cell !== ""),
    );
    return under.length > 0 && under.filter(isTimeReading).length < under.length / 2;
  }
  // Words over readings in at least two columns outweigh one odd number among the names.
  const contrast = head.filter(
    (cell, i) => cell.trim() !== "" && !isReading(cell) && share(below, i) >= 0.7,
  ).length;
  if (labels.length <= head.length / 3 && contrast >= 2) return true;
  return namesInSeries(labels, below, bareCorner || contrast > 0);
}

export const isYear = (cell: string): boolean => /^(?:1[89]|20)\d{2}$/.test(cell);

/** The names of rows have no name of their own: nothing stands above a first column that is filled everywhere else. */
const isBareCorner = (head: readonly string[], below: readonly string[][]): boolean =>
  (head[0] ?? "").trim() === "" &&
  head.slice(1, filledWidth(head)).every((cell) => cell.trim() !== "") &&
  below.length >= 2 &&
  below.every((row) => (row[0] ?? "").trim() !== "");

/** A word that does not come back below it. */
function isWordAbove(head: readonly string[], below: readonly string[][], column: number): boolean {
  const name = head[column]!.trim();
  if (name === "" || isReading(name)) return false;
  const values = below.map((row) => (row[column] ?? "").trim()).filter((value) => value !== "");
  return values.length > 0 && !values.includes(name);
}

const FEWEST_IN_SERIES = 3;

/**
 * The axis of a grid (",0,1,2", "wavelength,400,410"): plain numbers that rise or fall all along. Where nothing else
 * tells them from a row of readings they must do so in even steps, which the rows below do not.
 */
function namesInSeries(labels: readonly string[], below: readonly string[][], told: boolean): boolean {
  if (labels.length < FEWEST_IN_SERIES) return false;
  if (told) return steadiness(labels) !== "none";
  const even = below.filter((row) => steadiness(cleaned(row).filter(isReading)) === "even");
  return (
    labels.length > FEWEST_IN_SERIES && steadiness(labels) === "even" && even.length <= below.length / 10
  );
}

/** Whether plain numbers go one way all along, and in even steps. */
function steadiness(cells: readonly string[]): "none" | "steady" | "even" {
  const numbers = cells.map(Number);
  const [first = Number.NaN, second = Number.NaN] = numbers;
  const step = second - first;
  const steps = numbers.slice(1).map((value, i) => value - numbers[i]!);
  if (cells.length < FEWEST_IN_SERIES || !steps.every((one) => one * step > 0)) return "none";
  return steps.every((one) => Math.abs(one - step) <= Math.abs(step) * 1e-6) ? "even" : "steady";
}

/** The share of a column's filled cells that are readings. */
export const share = (rows: readonly string[][], column: number): number => {
  const values = rows.map((row) => (row[column] ?? "").trim()).filter((cell) => cell !== "");
  return values.length === 0 ? 0 : values.filter(isReading).length / values.length;
};

export const cleaned = (row: readonly string[] | undefined): string[] =>
  (row ?? []).map((cell) => cell.trim());
