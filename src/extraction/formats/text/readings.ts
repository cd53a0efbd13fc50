import { isReading } from "../../infer/reading";
import { EXTRACTION_LIMITS } from "../../limits";
import { distinctNames, type ReadRow } from "../source-table";
import { type TextLayout, TextRows } from "./layout";
import { keyName, type LineParts, splitLine } from "./line-slots";
import type { Line } from "./lines";
import { LEVEL } from "./log/slots";

/** Lines of named readings, as in `2025-01-15: Temperature 23.5°C, Humidity 65%`. */
export interface ReadingsLayout {
  kind: "readings";
  timed: boolean;
  /** Words at the same place of every line, before the readings in the row's cells. */
  labels: number;
  /** The keys of the readings, in the order of their columns. */
  keys: string[];
}

const MOST = 0.8;
/** Lines that decide whether these are readings at all. */
const LOOKED_AT = 200;

/** Named numbers in most lines, the same names again and again, and no number without a name; or null. */
export function decideReadings(sample: readonly Line[]): TextLayout<ReadingsLayout> | null {
  // A header has no readings, lines of readings have no header.
  if (sample.length === 0 || !hasReadings(splitLine(sample[0]!.text))) return null;
  if (!areReadings(sample.slice(0, LOOKED_AT).map(({ text }) => splitLine(text)))) return null;
  const parts = sample.map(({ text }) => splitLine(text)).filter(({ slots }) => slots.length > 0);
  const timed = parts.some(({ time }) => time !== null);
  const labels = labelColumns(parts);
  const most = EXTRACTION_LIMITS.columns - labels.length - 2;
  const keys = [...new Set(parts.flatMap(({ slots }) => slots.map(({ key }) => key)))].slice(0, most);
  const columns = distinctNames([...(timed ? ["timestamp"] : []), ...labels, ...keys]);
  return {
    columns,
    timeColumn: timed ? columns[0]! : null,
    certainty: 0.96,
    detail: { kind: "readings", timed, labels: labels.length, keys },
  };
}

/** Numbers with a name, and none without. */
const hasReadings = ({ slots, rest }: LineParts): boolean =>
  slots.some((slot) => slot.numeric) && !rest.some(isReading);

function areReadings(sample: readonly LineParts[]): boolean {
  const withNumbers = sample.filter(hasReadings);
  if (withNumbers.length < sample.length * MOST) return false;
  const uses = new Map<string, number>();
  let slots = 0;
  for (const line of withNumbers) {
    for (const { key } of line.slots) {
      uses.set(key, (uses.get(key) ?? 0) + 1);
      slots++;
    }
  }
  if (withNumbers.length === 1)
    return slots >= 2 || (withNumbers[0]!.time !== null && withNumbers[0]!.rest.length <= 1);
  // Words between the readings make a sentence, a log's line, no table.
  const words = withNumbers.reduce((sum, { rest }) => sum + rest.length, 0) / withNumbers.length;
  return slots > uses.size && slots / uses.size >= Math.min(withNumbers.length * 0.4, 3) && words <= 4;
}

/** Words that stand at the same place of every line ("Motor-001") name what was measured. */
function labelColumns(parts: readonly LineParts[]): string[] {
  const counts = parts.map(({ rest }) => rest.length);
  const count = Math.min(...counts);
  if (count === 0 || count > 3 || counts.some((other) => other !== count)) return [];
  return Array.from({ length: count }, (_, i) => {
    const words = parts.map(({ rest }) => rest[i]!);
    if (words.every((word) => LEVEL.test(word))) return "level";
    const stems = new Set(words.map((word) => word.replace(/[-_#.]?\d+$/, "").toLowerCase()));
    const [stem] = stems;
    return stems.size === 1 && words.some((word) => /\d$/.test(word)) && /^[\p{L}_-]+$/u.test(stem!)
      ? keyName(stem!)
      : "label";
  });
}

export class ReadingRows extends TextRows {
  private readonly places: ReadonlyMap<string, number>;
  private readonly firstLabel: number;

  constructor(
    private readonly layout: ReadingsLayout,
    width: number,
  ) {
    super(width);
    this.firstLabel = layout.timed ? 1 : 0;
    this.places = new Map(layout.keys.map((key, i) => [key, this.firstLabel + layout.labels + i]));
  }

  protected line(text: string, row: number): ReadRow[] {
    const { time, slots, rest } = splitLine(text);
    const cells = this.emptyCells();
    let kept = 0;
    for (const { key, value } of slots) {
      const at = this.places.get(key);
      if (at === undefined || cells[at] !== null) continue;
      cells[at] = value;
      kept++;
    }
    if (kept === 0) {
      return [{ row, reason: "no readings were found in the line" }];
    }
    if (this.layout.timed) cells[0] = time;
    for (let i = 0; i < this.layout.labels; i++) cells[this.firstLabel + i] = rest[i] ?? null;
    return [{ row, cells }];
  }
}
