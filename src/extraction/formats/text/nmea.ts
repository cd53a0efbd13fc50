import { daysFromCivil, daysInMonth } from "../../../core/timestamps";
import type { Cell, ReadRow } from "../source-table";
import { type TextLayout, TextRows } from "./layout";
import type { Line } from "./lines";

/**
 * Sentences of receivers for satellites (NMEA 0183): `$GPRMC,230148,A,3348.605,N,11821.126,W,0.0,209.4,261002,013.8,E*6B`.
 * Those of one moment make a row. Only some say the day; the others are of the day that was said last.
 */
export interface NmeaLayout {
  kind: "nmea";
  /** Days since 1970 of the first day that a sentence says; null: none does. */
  firstDay: number | null;
}

const SENTENCE = /^[$!]([A-Z]{2})([A-Z]{2}[A-Z\d]),([^*]{0,120})(?:\*([\dA-Fa-f]{2}))?$/;
const PROPRIETARY = /^[$!]P[A-Z\d]{3,12},[^*]{0,200}(?:\*[\dA-Fa-f]{2})?$/;
/** Of the lines that are no comments. */
const MOST = 0.9;
const COLUMNS = [
  "time",
  "latitude",
  "longitude",
  "speed",
  "course",
  "altitude",
  "satellites",
  "hdop",
  "status",
  "fix_quality",
];
const UNITS = [null, "deg", "deg", "knots", "deg", "m", null, null, null, null];
const AT = Object.fromEntries(COLUMNS.map((name, i) => [name, i])) as Record<string, number>;

interface Sentence {
  type: string;
  fields: string[];
}

/** Null for what is no sentence; `wrong` where its checksum is not that of its characters. */
function sentenceIn(text: string): Sentence | "wrong" | null {
  const match = SENTENCE.exec(text);
  if (!match) return PROPRIETARY.test(text) ? { type: "", fields: [] } : null;
  const [, , type, body, sum] = match as unknown as [string, string, string, string, string | undefined];
  if (sum !== undefined && checksum(text) !== Number.parseInt(sum, 16)) return "wrong";
  return { type, fields: body.split(",") };
}

/** All characters between the mark that begins a sentence and the star, by exclusive or. */
function checksum(text: string): number {
  let sum = 0;
  for (let i = 1; i < text.length && text[i] !== "*"; i++) sum ^= text.charCodeAt(i);
  return sum;
}

/** What a sentence says of its moment; null where it is of none. */
interface Fix {
  clock: string;
  day: number | null;
  cells: [column: string, cell: Cell][];
}

function fixIn({ type, fields }: Sentence): Fix | null {
  const at = (i: number) => fields[i] || null;
  const number = (i: number) =>
    at(i) !== null && Number.isFinite(Number(fields[i])) ? Number(fields[i]) : null;
  const place = (from: number): Fix["cells"] => [
    ["latitude", degrees(fields[from], fields[from + 1])],
    ["longitude", degrees(fields[from + 2], fields[from + 3])],
  ];
  const fix = (clock: string | null, day: number | null, cells: Fix["cells"]): Fix | null =>
    clock !== null && /^\d{6}(?:\.\d{1,6})?$/.test(clock) ? { clock, day, cells } : null;
  switch (type) {
    case "RMC":
      return fix(at(0), dayOf(at(8)), [
        ["status", at(1)],
        ...place(2),
        ["speed", number(6)],
        ["course", number(7)],
      ]);
    case "GGA":
      return fix(at(0), null, [
        ...place(1),
        ["fix_quality", at(5)],
        ["satellites", number(6)],
        ["hdop", number(7)],
        ["altitude", number(8)],
      ]);
    case "GLL":
      return fix(at(4), null, [...place(0), ["status", at(5)]]);
    default:
      return null;
  }
}

/** "4807.038" and "N" are 48 degrees and 7.038 minutes to the north. */
function degrees(written: string | undefined, side: string | undefined): number | null {
  const match = /^(\d{1,3})(\d{2}(?:\.\d{1,10})?)$/.exec(written ?? "");
  if (!match || !side || !/^[NSEW]$/.test(side)) return null;
  const value = Number(match[1]) + Number(match[2]) / 60;
  return Number((/[SW]/.test(side) ? -value : value).toFixed(8));
}

/** "261002" is 26 October 2002: there were no such sentences before 1980. */
function dayOf(written: string | null): number | null {
  const match = /^(\d{2})(\d{2})(\d{2})$/.exec(written ?? "");
  if (!match) return null;
  const [day, month, short] = match.slice(1).map(Number) as [number, number, number];
  const year = short + (short >= 80 ? 1900 : 2000);
  return month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month)
    ? daysFromCivil(year, month, day)
    : null;
}

/** Lines that are nearly all sentences, some of them of places; or null. */
export function decideNmea(sample: readonly Line[]): TextLayout<NmeaLayout> | null {
  const lines = sample.filter(({ text }) => !text.startsWith("#"));
  const sentences = lines.flatMap(({ text }) => sentenceIn(text) ?? []);
  if (sentences.length < lines.length * MOST) return null;
  const fixes = sentences.flatMap((one) => (one === "wrong" ? [] : (fixIn(one) ?? [])));
  if (fixes.length === 0) return null;
  const firstDay = fixes.find(({ day }) => day !== null)?.day ?? null;
  return {
    columns: COLUMNS,
    units: UNITS,
    hints: { status: "category", fix_quality: "category" },
    timeColumn: firstDay === null ? null : "time",
    about: "sensor_data",
    certainty: 0.97,
    detail: { kind: "nmea", firstDay },
  };
}

const HALF_A_DAY = 43_200;

export class NmeaRows extends TextRows {
  private open: { row: number; clock: string; cells: Cell[] } | null = null;
  private day: number | null;
  private lastSeconds = 0;

  constructor(layout: NmeaLayout, width: number) {
    super(width);
    this.day = layout.firstDay;
  }

  protected line(text: string, row: number): ReadRow[] {
    if (text.startsWith("#")) {
      this.skipped.comments++;
      return [];
    }
    const sentence = sentenceIn(text);
    if (sentence === "wrong" || sentence === null)
      return [
        ...this.end(),
        { row, reason: sentence ? "the checksum of the sentence is wrong" : "the line is no sentence" },
      ];
    const fix = fixIn(sentence);
    if (!fix) {
      this.skipped.continued++;
      return [];
    }
    const isSame = this.open?.clock === fix.clock;
    const done = isSame ? [] : this.end();
    if (isSame) this.skipped.continued++;
    else this.begin(fix, row);
    if (fix.day !== null && fix.day !== this.day) this.day = fix.day;
    const { cells } = this.open!;
    cells[0] = timeOf(this.day, fix.clock);
    for (const [name, cell] of fix.cells) if (cell !== null) cells[AT[name]!] = cell;
    return done;
  }

  override end(): ReadRow[] {
    if (!this.open) return [];
    const { row, cells } = this.open;
    this.open = null;
    return [{ row, cells }];
  }

  private begin({ clock }: Fix, row: number): void {
    const seconds =
      Number(clock.slice(0, 2)) * 3_600 + Number(clock.slice(2, 4)) * 60 + Number(clock.slice(4, 6));
    // Past midnight before a sentence has said so.
    if (this.day !== null && this.lastSeconds - seconds > HALF_A_DAY) this.day++;
    this.lastSeconds = seconds;
    this.open = { row, clock, cells: this.emptyCells() };
  }
}

function timeOf(day: number | null, clock: string): string {
  const time = `${clock.slice(0, 2)}:${clock.slice(2, 4)}:${clock.slice(4)}`;
  return day === null ? time : `${new Date(day * 86_400_000).toISOString().slice(0, 10)}T${time}Z`;
}
