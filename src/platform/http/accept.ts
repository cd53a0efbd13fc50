interface Range {
  type: string;
  quality: number;
}

/**
 * The form that an Accept header wants (RFC 9110, 12.5.1) of those there are: the highest quality wins, then the more
 * specific range, then the one named first. The first form where there is no header, or none of the forms stands in it:
 * never a 406. `aliases`: other names of forms in use.
 */
export function acceptedForm<Form extends string>(
  accept: string | null,
  forms: readonly [Form, ...Form[]],
  aliases: Readonly<Record<string, Form>> = {},
): Form {
  const ranges = (accept ?? "")
    .split(",")
    .slice(0, 64)
    .map((text) => rangeOf(text, aliases));
  let [best] = forms;
  let bestRank = [0, -1, 0];
  for (const form of forms) {
    const rank = rankOf(form, ranges);
    if (rank && compare(rank, bestRank) > 0) {
      best = form;
      bestRank = rank;
    }
  }
  return best;
}

function rangeOf(text: string, aliases: Readonly<Record<string, string>>): Range {
  const [name = "", ...parameters] = text.split(";").map((part) => part.trim().toLowerCase());
  const q = parameters.find((parameter) => /^q\s*=/.test(parameter));
  const quality = q === undefined ? 1 : Number(q.slice(q.indexOf("=") + 1));
  return { type: aliases[name] ?? name, quality: quality >= 0 && quality <= 1 ? quality : 0 };
}

/** Quality, specificity and position by the most specific range that matches; null: none, or not wanted. */
function rankOf(form: string, ranges: readonly Range[]): number[] | null {
  const names = ["*/*", `${form.split("/")[0]}/*`, form];
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
