/** What names of columns say. Evidence only: a name never outweighs what the column holds. */

const words = (name: string): string[] =>
  name
    .replace(/([\p{Ll}\d])(\p{Lu})/gu, "$1 $2")
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean);

const has = (name: string, set: ReadonlySet<string>): boolean => words(name).some((word) => set.has(word));
const setOf = (text: string): ReadonlySet<string> => new Set(text.split(" "));

const TIME = setOf(
  "timestamp time date datetime day start started begin begins began ts when datum zeit zeitpunkt uhrzeit tag fecha hora data dato dia jour heure période period " +
    "moment epoch unixtime dt week month year quarter posted created created_at measured recorded observed at utc дата время 日期 时间 日時",
);
const STRONG_TIME = setOf(
  "timestamp datetime date time ts datum fecha zeitpunkt epoch unixtime дата 日期 日時",
);
const LESSER_TIME = setOf(
  "birth dob birthday born expiry expires expiration due end ended ending finish finished closed until updated modified changed edited last " +
    "death died retired arrival deadline release released retrieved accessed downloaded exported generated founded established built remod " +
    "record valid wertstellung valuta",
);
export const isTimeName = (name: string): boolean => has(name, TIME);

// "opendate", "modeldate", "datum_start" and the like, but for words that only end so.
const GLUED_TIME = /^(\p{L}{3,}?)(datetime|timestamp|date|time|year|month)s?$/u;
const LEADING_TIME = /^(date|time)(\p{L}{3,})$/u;
const START = /^(?:term|season|event|trip|session|period)?start(?:s|ed)?$/;
const NO_TIME = setOf(
  "candidate mandate validate consolidate accommodate lifetime runtime uptime downtime overtime sometime anytime halftime parttime fulltime bedtime playtime screentime " +
    "sentiment timer timezone timeout timeline dated midyear multiyear datetime timestamp",
);

function timeWords(name: string): string[] {
  return words(name.replace(/time[\s_-]?stamp/i, "timestamp")).flatMap((word) => {
    if (NO_TIME.has(word)) return [word];
    if (START.test(word)) return ["start"];
    const glued = GLUED_TIME.exec(word) ?? LEADING_TIME.exec(word);
    return glued ? [glued[1]!, glued[2]!] : [word];
  });
}

/**
 * How much a name speaks for being the time of the row, up to 1; under 0 for a time that a row has besides its own
 * (a birthday, a deadline, the last change).
 */
export function timeNameWeight(name: string): number {
  const all = timeWords(name);
  const within = (set: ReadonlySet<string>) => all.some((word) => set.has(word));
  if (within(LESSER_TIME)) return -0.3;
  if (all.length === 1 && STRONG_TIME.has(all[0]!)) return 1;
  if (within(STRONG_TIME)) return 0.85;
  return within(TIME) ? 0.6 : 0;
}

const DATE = setOf("date datum fecha datetime timestamp");
/** Whether it names a day, as "time" need not; "year to date" is how much there was up to one. */
export const isDateName = (name: string): boolean => {
  const all = timeWords(name);
  return all.some((word, i) => DATE.has(word) && all[i - 1] !== "to");
};

const ZONE = setOf(
  "tz timezone tzid tzname tzoffset zone zoneinfo offset utcoffset gmtoffset utc gmt zeitzone zona fuseau fuso huso",
);
/** A zone of times, by name or as an offset; "zone" may be one of a town as well. */
export const isZoneName = (name: string): boolean => has(name, ZONE);

const YEAR = setOf("year yr yyyy jahr année annee año ano anno jaar год 年 fy");
const YEAR_OF = setOf("start started begin began end ended birth born death died built founded established");
/** The year of something: "show end", "year built", "record high year". */
export const isYearOfName = (name: string): boolean =>
  timeWords(name).some((word) => YEAR.has(word) || YEAR_OF.has(word));

const MONTH = setOf("month mon mo mm monat mois mes mese maand месяц 月");
const DAY = setOf("day dd dy tag jour dia día giorno dag dom mday 日");
const QUARTER = setOf("quarter qtr quartal trimestre trimester kwartaal");
const HOUR = setOf("hour hr hh stunde heure hora ora uur 时");
const TIME_OF_DAY = setOf("time hour hr hhmm uhrzeit zeit hora heure tijd ora clock");
const only = (name: string, set: ReadonlySet<string>): boolean => {
  const all = words(name);
  return all.length > 0 && all.length <= 2 && all.some((word) => set.has(word));
};
export const isYearName = (name: string): boolean => only(name, YEAR);
export const isMonthName = (name: string): boolean => only(name, MONTH);
const DAY_OF_MONTH = /^(?:day|date)(?:of)?(?:the)?month$/;
export const isDayName = (name: string): boolean =>
  only(name, DAY) || DAY_OF_MONTH.test(words(name).join(""));
export const isQuarterName = (name: string): boolean => only(name, QUARTER);
const DAY_OF_YEAR = /^(?:doy|yday|jday|dayof(?:the)?year|julian(?:day|date)?|yearday)$/;
export const isDayOfYearName = (name: string): boolean => DAY_OF_YEAR.test(words(name).join(""));
// Those of American epidemiologists begin on Sundays and are none of these.
const WEEK =
  /^(?:(?:iso)?(?:week|wk|woche|semaine|semana)|kw|kalenderwoche|(?:iso)?week(?:of(?:the)?year|no|num|number))$/;
export const isWeekName = (name: string): boolean => WEEK.test(words(name).join(""));
const DAY_OF_WEEK =
  /^(?:dayofweek|weekday|dow|wday|wochentag|dayofyear|yday|doy|weekofyear|weeknum|weeknumber|isoweek)$/;
const PART_OF_DATE =
  /^(?:year|yr|quarter|qtr|month|mon|mo|week|day|hour|minute|jahr|monat|stunde|mes|mois|mese)$/;
/** The whole name is that of a piece of a date: month, hour, day of the week. */
export const isDatePartName = (name: string): boolean => {
  const all = words(name);
  return (
    (all.length === 1 && PART_OF_DATE.test(all[0]!)) ||
    DAY_OF_MONTH.test(all.join("")) ||
    DAY_OF_WEEK.test(all.join(""))
  );
};
/** "hour", "hour ending", but no "peak hour": that is a reading of its own. */
export const isHourName = (name: string): boolean => only(name, HOUR) && HOUR.has(words(name)[0]!);
export const isTimeOfDayName = (name: string): boolean => has(name, TIME_OF_DAY);

const IDENTIFIER = setOf(
  "id ids uuid guid identifier key pk fk code codes zip zipcode postcode postal phone fax tel isbn issn ean upc sku gtin fips iata icao ssn vat iban account acct rowid rownum serial reference pid tid uid gid oid plz port ports version ver statuscode errno",
);
const QUANTITY = setOf(
  "count value total sum mean average avg median rate size length ratio share percent pct balance amount cost price",
);
const PLURAL = /^\p{L}{3,}[^sui]s$/u;
// These are as often a count, a measure or an answer: "smoker_no", "hash rate".
const LOOSE_IDENTIFIER = setOf("hash idx ref");
const NUMBERED = /(?:\b|_)(?:number|num|no|nr|nbr|#)\.?$/i;
const GLUED_ID = /(?:[a-z\d_]id|Id|ID|_key|_code|code|num)$/;
const COUNT_OF = /\b(?:number|no\.?|count|#) of\b|^(?:number|num|no)(?:$|[\s_-])/i;

/**
 * How much a name speaks for an identifier or a code, digits that nobody adds up: `sure`, or `maybe` where the cells
 * must look the part as well.
 */
export function identifierName(name: string): "sure" | "maybe" | "none" {
  if (COUNT_OF.test(name)) return "none";
  // "phone_calls" and "code_lines" count what an identifier only describes.
  if (!isQuantityName(name) && (has(name, IDENTIFIER) || GLUED_ID.test(name.trim()))) return "sure";
  return NUMBERED.test(name.trim()) || LOOSE_IDENTIFIER.has(words(name).at(-1) ?? "") ? "maybe" : "none";
}
/** "orders", "item count", "value": what digits under it say is how much. */
export const isQuantityName = (name: string): boolean => {
  const last = words(name).at(-1) ?? "";
  return COUNT_OF.test(name) || (!IDENTIFIER.has(last) && (QUANTITY.has(last) || PLURAL.test(last)));
};
export const isIdentifierName = (name: string): boolean => identifierName(name) === "sure";

const LEVELS = setOf(
  "class type kind group cluster category sex gender race status state region zone sector tier stage phase level severity priority facility label segment cohort arm flag religion occupation mode species subject treatment district ward precinct borough store shop dept department branch division route machine terminal platform lane item product channel sensor device node mote station team player",
);
/** The last word names a set of levels, which digits often stand for: a class, a status, a level of logging. */
export const isLevelName = (name: string): boolean => {
  const all = words(name);
  // "class2" is a class as well.
  return all.length > 0 && all.length <= 4 && LEVELS.has(all.at(-1)!.replace(/\d{1,2}$/, ""));
};

const VERSION = setOf("version ver httpversion schemaversion apiversion");
/** 1.1 under it is a name and no number. */
export const isVersionName = (name: string): boolean => {
  const last = words(name).at(-1);
  return last !== undefined && VERSION.has(last);
};

const ROW_INDEX =
  /^(?:|#|index|idx|row|rownum|row ?(?:number|id|no)|no|nr|id|n|s\.?no\.?|sr\.? ?no\.?|obs|observation|record|seq|sequence|rowid|lfd\.? ?nr\.?|row[ ._]?names?|case(?:[ ._]?n(?:um|o))?|unnamed: 0|col1|level_0|x)$/i;
export const isRowIndexName = (name: string): boolean => ROW_INDEX.test(name.trim());

const LABEL = /^(.+?)[\s_.-]+(?:names?|titles?|desc|descriptions?|labels?)$/;
/** What "class_name" or "class description" is the name of, in lower case; null for other names. */
export const labelledName = (name: string): string | null =>
  LABEL.exec(
    name
      .replace(/(\p{Ll})(\p{Lu})/gu, "$1 $2")
      .trim()
      .toLowerCase(),
  )?.[1] ?? null;

const FREE_TEXT = setOf(
  "text comment comments note notes description desc message msg body content summary remarks review tweet abstract explanation details url uri link href",
);
export const isFreeTextName = (name: string): boolean => has(name, FREE_TEXT);

export { words as nameWords };
