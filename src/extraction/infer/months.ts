/** Names of months, as dates write them. */

// English, then the common words of German, French, Spanish, Italian, Dutch and Portuguese, but for those that are
// everyday English (set, out, mag, gen): "Set 12" is no September.
const MONTHS: readonly string[] = [
  "jan january januar jänner januari janvier janv enero ene gennaio janeiro",
  "feb february februar februari février fevrier févr fevr febrero febbraio fevereiro fev",
  "mar march märz mär maerz mrz maart mrt mars marzo março marco",
  "apr april avril avr abril abr aprile",
  "may mai mei mayo maggio maio",
  "jun june juni juin junio giugno giu junho",
  "jul july juli juillet juil julio luglio lug julho",
  "aug august augustus août aout agosto ago",
  "sep sept september septembre septiembre settembre setembro",
  "oct october oktober okt octobre octubre ottobre outubro",
  "nov november novembre noviembre novembro",
  "dec december dezember dez décembre decembre déc diciembre dic dicembre dezembro",
];
const MONTH_OF = new Map(
  MONTHS.flatMap((words, i) => words.split(" ").map((word): [string, number] => [word, i + 1])),
);

/** The month that a word or a number from 1 to 12 names, or null. */
export function monthNumber(text: string): number | null {
  const named = monthOf(text.trim());
  const value = named ?? (/^\d{1,2}(?:\.0)?$/.test(text.trim()) ? Number(text) : 0);
  return value >= 1 && value <= 12 ? value : null;
}

export const monthOf = (word: string): number | undefined =>
  MONTH_OF.get(word.toLowerCase().replace(/\.$/, ""));
