// A small lexicon, so that a stream of posts has something to follow without a model. It knows no irony.
const setOf = (text: string): ReadonlySet<string> => new Set(text.split(" "));
const POSITIVE = setOf(
  "good great best better love loved loves loving like liked amazing awesome excellent fantastic wonderful perfect happy glad nice recommend recommended impressed beautiful brilliant superb thanks thank helpful fast easy enjoy enjoyed fun delighted favorite favourite reliable outstanding",
);
const NEGATIVE = setOf(
  "bad worse worst terrible awful horrible hate hated hates disappointed disappointing disappointment poor slow broken bug bugs fail failed fails failure useless angry annoyed annoying sad problem problems issue issues refund rude waste scam expensive difficult crash crashed crashes never unacceptable",
);
const NEGATION = setOf("not no never don't doesn't didn't isn't wasn't won't can't cannot without");

/** (positive - negative) / (positive + negative) over known words; a negation just before turns a word. 0 where none is known. */
export function sentimentScore(text: string): number {
  const words =
    text
      .toLowerCase()
      .replaceAll("’", "'")
      .match(/[a-z']+/g) ?? [];
  let positive = 0;
  let negative = 0;
  words.slice(0, 2_000).forEach((word, i) => {
    const turned = NEGATION.has(words[i - 1] ?? "") || NEGATION.has(words[i - 2] ?? "");
    if (POSITIVE.has(word)) turned ? negative++ : positive++;
    else if (NEGATIVE.has(word) && word !== "never") turned ? positive++ : negative++;
  });
  return positive + negative === 0 ? 0 : (positive - negative) / (positive + negative);
}
