/** What is named in a text beside its words, found by how it is written. */
export interface Entities {
  dates: string[];
  money: string[];
  percentages: string[];
  mentions: string[];
  hashtags: string[];
  urls: string[];
  emails: string[];
}

const MONTH = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}";
const AMOUNT =
  "\\d{1,15}(?:[.,]\\d{1,15}){0,6}(?:\\s?(?:million|billion|thousand|bn|mn|[kKmMB])(?![\\p{L}\\d]))?";
// Every part is bounded, and no two neighbours can take the same characters.
const PATTERNS: { [kind in keyof Entities]: RegExp } = {
  urls: /(?:https?:\/\/|www\.)[^\s"'<>()[\]{}]{1,500}/giu,
  emails: /(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}/gu,
  mentions: /(?<![\w@/.])@[\p{L}\p{N}_]{1,40}/gu,
  hashtags: /(?<![\w#&/])#(?=[\p{N}_]{0,40}\p{L})[\p{L}\p{N}_]{1,80}/gu,
  dates: new RegExp(
    `(?<![\\d\\p{L}])(?:\\d{4}-\\d{2}-\\d{2}|\\d{1,2}[./]\\d{1,2}[./]\\d{2,4}|\\d{1,2}(?:st|nd|rd|th)? ${MONTH}\\.?,? \\d{4}|${MONTH}\\.? \\d{1,2}(?:st|nd|rd|th)?,? \\d{4})(?![\\d\\p{L}])`,
    "gu",
  ),
  money: new RegExp(
    `(?:[$€£¥₹]|(?<!\\p{L})(?:USD|EUR|GBP|CHF|JPY))\\s?${AMOUNT}|(?<![\\d.,])${AMOUNT}\\s?(?:[€£¥₹]|(?:USD|EUR|GBP|CHF|JPY|dollars|euros|pounds)(?!\\p{L}))`,
    "gu",
  ),
  percentages: /(?<![\d.,])[+-]?\d{1,9}(?:[.,]\d{1,9})?\s?(?:%|percent(?!\p{L}))/gu,
};
/** In the order in which a table has them. */
export const ENTITY_KINDS: readonly (keyof Entities)[] = [
  "dates",
  "money",
  "percentages",
  "mentions",
  "hashtags",
  "urls",
  "emails",
];
// Addresses come first: what stands in them is nothing else.
const KINDS = Object.keys(PATTERNS) as (keyof Entities)[];
const MOST_OF_A_KIND = 50;
const TEXT_CHARS = 20_000;

/** The entities of a text in the order in which they stand; addresses are not searched for others. */
export function entitiesIn(text: string): Entities {
  let rest = text.slice(0, TEXT_CHARS);
  const found = {} as Entities;
  for (const kind of KINDS) {
    const hits = rest.match(PATTERNS[kind])?.slice(0, MOST_OF_A_KIND) ?? [];
    found[kind] = kind === "urls" ? hits.map((url) => url.replace(/[.,;:!?]{1,3}$/, "")) : hits;
    if (hits.length > 0 && (kind === "urls" || kind === "emails")) rest = rest.replace(PATTERNS[kind], " ");
  }
  return found;
}

/** The kinds that some texts have, each a column, and the cells of a text for them. */
export const entityKinds = (texts: readonly Entities[]): (keyof Entities)[] =>
  ENTITY_KINDS.filter((kind) => texts.some((one) => one[kind].length > 0));

export function entityCells(text: string, kinds: readonly (keyof Entities)[]): (string | null)[] {
  if (kinds.length === 0) return [];
  const found = entitiesIn(text);
  return kinds.map((kind) => found[kind].join(", ") || null);
}
