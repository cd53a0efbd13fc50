import { isIdentifierName } from "../../../infer/names";
import { keyName } from "../line-slots";

/** A number in a message that measures something, under a name that stands with it, in the base unit of its kind. */
export interface Measure {
  name: string;
  value: number;
  unit: string | null;
}

/** A measure that is read from all messages of a log. */
export interface MeasureColumn {
  name: string;
  unit: string | null;
}

// Unit as written -> base unit and factor. One column has one unit: 17.7 GB and 5.6 KB are both bytes.
const UNITS = new Map<string, readonly [string, number]>();
const units = (base: string, entries: Record<string, number>): void => {
  for (const [words, factor] of Object.entries(entries))
    for (const word of words.split(" ")) UNITS.set(word, [base, factor]);
};
units("ms", {
  "ns nanos nanoseconds": 1e-6,
  "us µs μs micros microseconds": 1e-3,
  "ms msec msecs millis millisecond milliseconds": 1,
  "s sec secs second seconds": 1_000,
  "min mins minute minutes": 60_000,
  "h hr hrs hour hours": 3_600_000,
});
units("B", {
  "b byte bytes": 1,
  "kb kib kilobytes": 1_024,
  "mb mib megabytes": 1_024 ** 2,
  "gb gib gigabytes": 1_024 ** 3,
  "tb tib terabytes": 1_024 ** 4,
});
units("%", { "% percent": 1 });

const MEASURED = /^(-?\d{1,18}(?:\.\d{1,12})?)\s?(%|[A-Za-zµμ]{1,12})$/;

/** A text that is a duration, a size or a share and nothing else, in the base unit of its kind; or null. */
export function measured(text: string): { value: number; unit: string } | null {
  const match = text.length <= 40 ? MEASURED.exec(text) : null;
  const unit = match && UNITS.get(match[2]!.toLowerCase());
  return match && unit ? { value: scaled(match[1]!, unit[1]), unit: unit[0] } : null;
}

/** To 15 digits, which a factor moves and a double keeps. */
const scaled = (digits: string, factor: number): number =>
  factor === 1 && digits.length <= 15 ? Number(digits) : Number((Number(digits) * factor).toPrecision(15));

const MEASURING = new Set(
  (
    "size bytes len length count total duration time took elapsed latency load memory mem used free capacity percent " +
    "rate ratio avg average mean max min temp temperature usage cpu heap speed throughput lifetime delay interval " +
    "timeout wait depth lag age rss cost score sum amount quantity retries attempts rows records requests errors"
  ).split(" "),
);

// The quantifiers of neighbouring parts take different characters; each is bounded.
const NUMBER = "(-?\\d{1,18}(?:\\.\\d{1,12})?)";
// Only looked at: what follows a number may be the name of the next one.
const UNIT = "(?=(?:\\s?(%|[A-Za-zµμ]{1,12})(?![A-Za-z\\d_]))?)";
const KEYED = new RegExp(
  `(?<![\\w.-])([A-Za-z_][\\w.-]{0,39})\\s?[=:]\\s?"?${NUMBER}(?![\\d.:/_-]*[\\d:/_-])${UNIT}`,
  "g",
);
const NAMED = new RegExp(
  `(?<![\\w.-])([A-Za-z_]{2,30})\\s(?:(?:of|is|was|about)\\s)?${NUMBER}(?![\\d.:/_-]*[\\d:/_-])${UNIT}`,
  "g",
);
const VERBS = ["sent", "received", "read", "written", "copied", "free", "used", "transferred"];
const COUNTED = new RegExp(
  `(?<![\\w.:/-])(\\d{1,18}(?:\\.\\d{1,12})?)\\s?([KMGT]?i?B|bytes)(?: \\([^()]{0,30}\\))?\\s(${VERBS.join("|")})(?![\\w])`,
  "gi",
);
const countedName = (verb: string): string => `bytes_${verb.toLowerCase()}`;
const COUNTED_NAMES = VERBS.map(countedName);
const LASTING = new Set(["in", "took", "after", "within", "for", "elapsed", "lasted"]);
const MESSAGE_CHARS = 2_000;
const MOST_MEASURES = 16;

/**
 * The measures in a message: `size=91178`, `took 12 ms`, `capacity 17.7 GB`, `403 bytes sent`. Numbers without a name,
 * and those that name something (ports, codes, identifiers), are none. `known`: only those of these names, which are
 * measures' names; the others are passed over for a third of the cost.
 */
export function measuresIn(message: string, known: ReadonlySet<string> | null = null): Measure[] {
  const text = message.length > MESSAGE_CHARS ? message.slice(0, MESSAGE_CHARS) : message;
  if (!/\d/.test(text)) return [];
  const found = new Map<string, Measure>();
  const take = (name: string, digits: string, unit: string | undefined, keyed: boolean) => {
    if (found.size >= MOST_MEASURES || found.has(name)) return;
    if (known && !known.has(name)) return;
    const [base, factor] = (unit && UNITS.get(unit.toLowerCase())) || [null, 1];
    if (isProven(name, base, digits, keyed) && (known || isMeasureName(name)))
      found.set(name, { name, value: scaled(digits, factor), unit: base });
  };
  if (!known || COUNTED_NAMES.some((name) => known.has(name)))
    forEachMatch(COUNTED, text, ([, digits, unit, verb]) => take(countedName(verb!), digits!, unit, false));
  if (text.includes("=") || text.includes(":"))
    forEachMatch(KEYED, text, ([, key, digits, unit]) => take(keyName(key!), digits!, unit, true));
  forEachMatch(NAMED, text, ([, key, digits, unit]) =>
    take(LASTING.has(key!.toLowerCase()) ? "duration" : keyName(key!), digits!, unit, false),
  );
  return [...found.values()];
}

/** With `matchAll`, every call would make a pattern of its own. */
function forEachMatch(pattern: RegExp, text: string, take: (match: RegExpExecArray) => void): void {
  pattern.lastIndex = 0;
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) take(match);
}

/** "progress is : 0.5" has a name further ahead. */
const FUNCTION_WORD = /^(?:is|was|are|were|be|of|at|to|in|on|by|for|from|and|or|the|a)$/;

/** "c_17: 3.5 MB" is about one of many things called so, and "1 MB of 2 GB" has no name at all. */
function isMeasureName(name: string): boolean {
  if (/\d/.test(name) || UNITS.has(name)) return false;
  if (/^(?:port|line|code|status|errno|version|v|level|pid|tid)$/.test(name)) return false;
  return !FUNCTION_WORD.test(name) && !isIdentifierName(name);
}

/** "exit 5 s" is hardly ever written: a unit behind a named number is proof enough, as are decimals behind a key. */
function isProven(name: string, unit: string | null, digits: string, keyed: boolean): boolean {
  if (name === "duration") return unit === "ms";
  return unit !== null || (keyed && digits.includes(".")) || MEASURING.has(name.split(/[_.]/).at(-1)!);
}

/** The measures that most deserve a column: those in several lines, the most frequent first. */
export function measureColumns(messages: readonly string[], most: number): MeasureColumn[] {
  const counts = new Map<string, { count: number; column: MeasureColumn }>();
  for (const message of messages)
    for (const { name, unit } of measuresIn(message)) {
      const key = `${name}\u0000${unit}`;
      const entry = counts.get(key) ?? { count: 0, column: { name, unit } };
      entry.count++;
      if (counts.size < 2_000 || counts.has(key)) counts.set(key, entry);
    }
  const least = Math.max(2, messages.length * 0.002);
  return [...counts.values()]
    .filter(({ count }) => count >= least)
    .sort((a, b) => b.count - a.count)
    .slice(0, most)
    .map(({ column }) => column);
}
