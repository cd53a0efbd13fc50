/** The forms of an answer, the one preferred first where a caller does not mind. */
export const DATA_FORMATS = ["application/json", "application/x-ndjson", "text/csv"] as const;
export type DataFormat = (typeof DATA_FORMATS)[number];

const JSON_FORMAT: DataFormat = "application/json";
/** Other names of NDJSON in use. */
const ALIASES: Record<string, DataFormat> = {
  "application/ndjson": "application/x-ndjson",
  "application/jsonl": "application/x-ndjson",
  "application/x-jsonlines": "application/x-ndjson",
};

interface Range {
  type: string;
  quality: number;
}

/**
 * The form that an Accept header wants (RFC 9110, 12.5.1): the highest quality wins, then the more specific range, then
 * the one named first. JSON where there is no header, or none of the forms stands in it: never a 406.
 */
export function formatOf(accept: string | null): DataFormat {
  const ranges = (accept ?? "").split(",").slice(0, 64).map(rangeOf);
  let best: DataFormat = JSON_FORMAT;
  let bestRank = [0, -1, 0];
  for (const format of DATA_FORMATS) {
    const rank = rankOf(format, ranges);
    if (rank && compare(rank, bestRank) > 0) {
      best = format;
      bestRank = rank;
    }
  }
  return best;
}

function rangeOf(text: string): Range {
  const [name = "", ...parameters] = text.split(";").map((part) => part.trim().toLowerCase());
  const q = parameters.find((parameter) => /^q\s*=/.test(parameter));
  const quality = q === undefined ? 1 : Number(q.slice(q.indexOf("=") + 1));
  return { type: ALIASES[name] ?? name, quality: quality >= 0 && quality <= 1 ? quality : 0 };
}

/** Quality, specificity and position by the most specific range that matches; null: none, or not wanted. */
function rankOf(format: DataFormat, ranges: readonly Range[]): number[] | null {
  const names = ["*/*", `${format.split("/")[0]}/*`, format];
  let rank: number[] | null = null;
  for (const [position, { type, quality }] of ranges.entries()) {
    const specificity = names.indexOf(type);
    if (specificity >= 0 && (!rank || specificity > rank[1]!)) rank = [quality, specificity, -position];
  }
  return rank && rank[0]! > 0 ? rank : null;
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return 0;
}
