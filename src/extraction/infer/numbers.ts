import type { NumberFormat } from "../contract";
import { EXTRACTION_LIMITS } from "../limits";

/** Words that stand for "no value" in columns of numbers or times. */
const MISSING = new Set([
  ..."na n/a n.a. n.a #n/a nan -nan null none nil missing undefined unknown (null) \\n nd n.d. n/d".split(
    " ",
  ),
  ..."- -- --- – — . .. ... … ? * : x #div/0! #value! #ref! #null! #num! #name? (na) (n/a) <na> nat".split(
    " ",
  ),
]);

/** An empty cell is missing everywhere. */
export const isEmpty = (cell: unknown): boolean =>
  cell === null ||
  (typeof cell === "string" && (cell.length === 0 || (cell.charCodeAt(0) <= 0x20 && cell.trim() === "")));

/** The usual words for a missing value: only for columns that hold numbers or times, "None" may be a category. */
export const isMissingWord = (text: string): boolean =>
  text.length <= 12 && !/^\d/.test(text) && MISSING.has(text.trim().toLowerCase());

const INFINITE = /^[+\-−]?(?:inf(?:inity)?|∞|1\.#(?:inf|ind|[qs]?nan)\d*)$/i;
const NUMERAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,9})?$/;

/** A number that no double has: infinity as programs write it (C99, 7.19.6.1; `1.#INF` before it), or a numeral past 1.8e308. */
export function isUnrepresentable(text: string): boolean {
  if (text.length > EXTRACTION_LIMITS.parsedCellChars) return false;
  const trimmed = text.trim();
  return INFINITE.test(trimmed) || (NUMERAL.test(trimmed) && !Number.isFinite(Number(trimmed)));
}

const SYMBOLS = "[$€£¥₹₽₩₺฿]";
const CODES =
  "(?:USD|EUR|GBP|JPY|CHF|CAD|AUD|NZD|CNY|INR|SEK|NOK|DKK|PLN|CZK|BRL|MXN|ZAR|RUB|KRW|SGD|HKD|US\\$|A\\$|C\\$|R\\$|Rs\\.?)";
const DECORATED = new RegExp(
  `^(\\()?\\s*([+\\-−]?)\\s*(?:${SYMBOLS}|${CODES})?\\s*([+\\-−]?)\\s*([\\d.,'’ \\u00a0\\u202f]*\\d[.,]?)((?:[eE][+\\-]?\\d{1,3})?)\\s*(${SYMBOLS}|${CODES}|%|‰)?\\s*([\\-−]?)\\s*(\\))?$`,
);

// "$(1,234)" and "$ (1,234)" are (1,234) dollars, as "($1,234)" is.
const CURRENCY_OUTSIDE = new RegExp(`^(${SYMBOLS}|${CODES}) ?\\(([^()]*)\\)$`);

interface Digits {
  negative: boolean;
  body: string;
  exponent: string;
}

/**
 * Statistics put marks of footnotes on their numbers: "1,718*", "†12.5". Spreadsheets mark one that is kept as text by an
 * apostrophe before it.
 */
const unmarked = (text: string): string => {
  if (text.startsWith("'") && !text.includes("'", 1)) return text.slice(1);
  return /[*†‡]/.test(text) ? text.replace(/^[*†‡]{1,3} ?(?=\S)|(?<=\S) ?[*†‡]{1,3}$/g, "") : text;
};

/** Takes sign, currency, percent and accountants' parentheses off a number. */
function undress(raw: string): Digits | null {
  if (raw.length > EXTRACTION_LIMITS.parsedCellChars) return null;
  const text = unmarked(raw.trim()).replace(CURRENCY_OUTSIDE, "($1$2)");
  const match = text === "" ? null : DECORATED.exec(text);
  if (!match) return null;
  const [, open, sign1, sign2, body, exponent, , sign3, close] = match;
  if ((open === "(") !== (close === ")")) return null;
  const signs = [sign1, sign2, sign3].filter((sign) => sign !== "" && sign !== undefined);
  if (signs.length > 1 || (open === "(" && signs.length > 0)) return null;
  const negative = open === "(" || (signs[0] !== undefined && signs[0] !== "+");
  return {
    negative,
    body: body!
      .replace(/[\u00a0\u202f]/g, " ")
      .replaceAll("’", "'")
      .trim(),
    exponent: exponent!,
  };
}

/**
 * Tells the cells that most columns consist of without a regular expression: columns have millions of them. `word`
 * begins with a small letter or with four, as no number does.
 */
function shapeOf(text: string): "integer" | "decimal" | "word" | "other" {
  const length = text.length;
  if (length === 0 || length > EXTRACTION_LIMITS.parsedCellChars) return "other";
  const first = text.charCodeAt(0);
  if (first >= 0x61 && first <= 0x7a) return "word";
  // Codes of currencies have three letters at most.
  if (first >= 0x41 && first <= 0x5a && length > 4 && /^[A-Za-z]{4}/.test(text)) return "word";
  let digits = 0;
  let points = 0;
  for (let i = first === 0x2d || first === 0x2b ? 1 : 0; i < length; i++) {
    const code = text.charCodeAt(i);
    if (code >= 0x30 && code <= 0x39) digits++;
    else if (code === 0x2e && points === 0) points = 1;
    else return "other";
  }
  return digits === 0 ? "other" : points === 0 ? "integer" : "decimal";
}

/** "1.234", which is as well a number of four digits with a mark of thousands. */
const isGroupOfThree = (text: string): boolean => /^[+-]?[1-9]\d{0,2}\.\d{3}$/.test(text);

const PLAIN = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?$/;
// Groups of three, or the Indian 2-2-3; a group never starts with a lone zero.
const GROUPED = /^[1-9]\d{0,2}(?:([,.' ])\d{3})(?:\1\d{3})*$|^[1-9]\d?(?:,\d{2})+,\d{3}$/;

/**
 * The number that a cell writes under a format, or null. Whole digits may be grouped by the format's thousands mark,
 * in threes; anything else in them makes it no number.
 */
export function parseNumber(cell: unknown, format: NumberFormat): number | null {
  if (typeof cell === "number") return Number.isFinite(cell) ? cell : null;
  if (typeof cell !== "string") return null;
  const shape = shapeOf(cell);
  if (shape === "word") return null;
  if (shape === "integer" || (shape === "decimal" && format.decimal === ".")) return finite(Number(cell));
  if (format.decimal === "." && PLAIN.test(cell)) return finite(Number(cell));
  const digits = undress(cell);
  return digits && numberOf(digits, format);
}

function numberOf(digits: Digits, format: NumberFormat): number | null {
  const at = digits.body.lastIndexOf(format.decimal);
  const whole = at < 0 ? digits.body : digits.body.slice(0, at);
  const fraction = at < 0 ? "" : digits.body.slice(at + 1);
  if (!/^\d*$/.test(fraction)) return null;
  const plain = ungroup(whole, format);
  if (plain === null || (plain === "" && fraction === "")) return null;
  const value = finite(Number(`${plain || "0"}.${fraction || "0"}${digits.exponent}`));
  return value === null ? null : digits.negative ? -value : value;
}

const SCALED = /^(.*\d)\s?([KMBT]|mn|bn|mln|mio|thousand|million|billion|trillion)$/i;
const SCALES: ReadonlyMap<string, number> = new Map([
  ["k", 1e3],
  ["thousand", 1e3],
  ["million", 1e6],
  ["billion", 1e9],
  ["trillion", 1e12],
  ["m", 1e6],
  ["mn", 1e6],
  ["mln", 1e6],
  ["mio", 1e6],
  ["b", 1e9],
  ["bn", 1e9],
  ["t", 1e12],
]);

/** "1.2M" as number and scale, where a letter of magnitude follows digits. */
export function splitScaled(text: string): { number: string; scale: number; letter: string } | null {
  if (text.length > EXTRACTION_LIMITS.parsedCellChars) return null;
  const match = SCALED.exec(text.trim());
  if (!match) return null;
  const letter = match[2]!.toLowerCase();
  const scale = SCALES.get(letter);
  return scale === undefined ? null : { number: match[1]!, scale, letter };
}

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);

function ungroup(whole: string, format: NumberFormat): string | null {
  if (/^\d*$/.test(whole)) return whole;
  const match = GROUPED.exec(whole);
  if (!match) return null;
  const mark = match[1] ?? ",";
  return mark === format.decimal ? null : whole.replaceAll(mark, "");
}

const US: NumberFormat = { decimal: ".", group: "," };
const EU: NumberFormat = { decimal: ",", group: "." };

/** How many cells of a column are numbers under each way of writing, and how many only under one. */
export interface NumberEvidence {
  us: number;
  eu: number;
  onlyUs: number;
  onlyEu: number;
  percent: number;
  currency: Map<string, number>;
  /** Cells with a letter of magnitude: thousands, which is kelvin as well, and the ones that are nothing else. */
  thousands: number;
  scaled: number;
}

export const noNumberEvidence = (): NumberEvidence => ({
  us: 0,
  eu: 0,
  onlyUs: 0,
  onlyEu: 0,
  percent: 0,
  currency: new Map(),
  thousands: 0,
  scaled: 0,
});

const CURRENCY = new RegExp(`${SYMBOLS}|${CODES}`);
/** Whether a cell is money: in "£1.2m" the letter is a magnitude and no metre. */
export const hasCurrency = (text: string): boolean => CURRENCY.test(text);

export function weighNumber(text: string, evidence: NumberEvidence): boolean {
  if (text.length > EXTRACTION_LIMITS.parsedCellChars) return false;
  const shape = shapeOf(text);
  if (shape === "word") return false;
  if (shape === "integer" || shape === "decimal") {
    evidence.us++;
    if (shape === "integer" || isGroupOfThree(text)) evidence.eu++;
    else evidence.onlyUs++;
    return true;
  }
  const digits = undress(text);
  if (!digits) return false;
  const us = numberOf(digits, US) !== null;
  const eu = numberOf(digits, EU) !== null;
  if (us) evidence.us++;
  if (eu) evidence.eu++;
  // "1234" says nothing, "1.5" and "1,5" do; "1,234" and "1.234" fit both and say nothing either.
  if (us && !eu) evidence.onlyUs++;
  if (eu && !us) evidence.onlyEu++;
  if (us || eu) {
    if (text.includes("%")) evidence.percent++;
    const currency = CURRENCY.exec(text)?.[0];
    if (currency) evidence.currency.set(currency, (evidence.currency.get(currency) ?? 0) + 1);
  }
  return us || eu;
}

/** The format of a column by its evidence. `fileIsEu`: other columns of the file write the decimal comma. */
export function decideNumberFormat(evidence: NumberEvidence, fileIsEu: boolean): NumberFormat {
  if (evidence.onlyEu > evidence.onlyUs) return EU;
  if (evidence.onlyEu === 0 && evidence.onlyUs === 0 && fileIsEu) return EU;
  return US;
}
