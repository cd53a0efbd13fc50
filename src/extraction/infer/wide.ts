const TIME_NAME =
  /^(?:(?:FY|CY|X)?(?:1[6-9]|20)\d{2}|(?:1[6-9]|20)\d{2}[-/ ]?(?:Q[1-4]|M?(?:0?[1-9]|1[0-2])(?:[-/]\d{1,2})?)|\d{1,2}\/\d{1,2}\/\d{2,4}|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}[-/ ]?'?(?:\d{4}|\d{2}))$/i;

/** Columns that are named after times, from which a table is wide. */
const WIDE_FROM = 4;

/**
 * What to tell of a wide table, one whose columns are named after times. It is read as it stands: a row is a record and
 * each such column a value. Turned into one row for each time it would be series over time, which is for its owner to say.
 */
export function wideWarning(names: readonly string[]): string | null {
  const times = names.filter((name) => name.length <= 12 && TIME_NAME.test(name.trim()));
  if (times.length < WIDE_FROM) return null;
  return (
    `${times.length} columns are named after times ("${times[0]}" to "${times.at(-1)}"). Each is read as a value of its row; ` +
    "for series over time, give one row for each time."
  );
}
