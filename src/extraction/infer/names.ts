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
  "timestamp time date datetime day ts when datum zeit zeitpunkt uhrzeit tag fecha hora data dato dia jour heure période period " +
    "moment epoch unixtime dt week month year quarter posted created created_at measured recorded observed at utc дата время 日期 时间 日時",
);
const STRONG_TIME = setOf(
  "timestamp datetime date time ts datum fecha zeitpunkt epoch unixtime дата 日期 日時",
);
const LESSER_TIME = setOf(
  "birth dob birthday born expiry expires expiration due end ended ending finish finished closed until updated modified last death died retired arrival deadline release",
);
export const isTimeName = (name: string): boolean => has(name, TIME);

/** How much a name speaks for being the time of the row, in [0, 1]. */
export function timeNameWeight(name: string): number {
  if (has(name, LESSER_TIME)) return 0.1;
  const all = words(name);
  if (all.length === 1 && STRONG_TIME.has(all[0]!)) return 1;
  if (has(name, STRONG_TIME)) return 0.85;
  return has(name, TIME) ? 0.6 : 0;
}

const YEAR = setOf("year yr yyyy jahr année annee año ano anno jaar год 年 fy");
const MONTH = setOf("month mon mm monat mois mes mese maand месяц 月");
const DAY = setOf("day dd tag jour dia día giorno dag dom mday 日");
const HOUR = setOf("hour hr hh stunde heure hora ora uur 时");
const TIME_OF_DAY = setOf("time hour hr hhmm uhrzeit zeit hora heure tijd ora clock");
const only = (name: string, set: ReadonlySet<string>): boolean => {
  const all = words(name);
  return all.length > 0 && all.length <= 2 && all.some((word) => set.has(word));
};
export const isYearName = (name: string): boolean => only(name, YEAR);
export const isMonthName = (name: string): boolean => only(name, MONTH);
export const isDayName = (name: string): boolean => only(name, DAY);
export const isHourName = (name: string): boolean => only(name, HOUR);
export const isTimeOfDayName = (name: string): boolean => has(name, TIME_OF_DAY);

const IDENTIFIER = setOf(
  "id ids uuid guid key pk fk code codes zip zipcode postcode postal phone fax tel isbn issn ean upc sku gtin fips iata icao ssn vat iban account acct hash index idx rowid rownum serial ref reference pid uid gid oid nr plz",
);
const NUMBERED = /\b(?:number|num|no|nr|nbr|#)\.?$/i;
const GLUED_ID = /(?:[a-z\d_]id|Id|ID|_no|_nr|_num|_number|_key|_code|code)$/;
const COUNT_OF = /\b(?:number|no\.?|count) of\b|^(?:number|num)$/i;

/** The name is that of an identifier or a code: digits that nobody adds up. */
export function isIdentifierName(name: string): boolean {
  if (COUNT_OF.test(name)) return false;
  return has(name, IDENTIFIER) || NUMBERED.test(name.trim()) || GLUED_ID.test(name.trim());
}

const GEOGRAPHY = setOf("lat latitude lon lng long longitude");
export const isCoordinateName = (name: string): boolean => has(name, GEOGRAPHY);

const ROW_INDEX =
  /^(?:|#|index|idx|row|rownum|row ?(?:number|id|no)|no|nr|id|n|s\.?no\.?|unnamed: 0|col1|level_0|x)$/i;
export const isRowIndexName = (name: string): boolean => ROW_INDEX.test(name.trim());

const FREE_TEXT = setOf(
  "text comment comments note notes description desc message msg body content summary remarks review tweet abstract explanation details url uri link href",
);
export const isFreeTextName = (name: string): boolean => has(name, FREE_TEXT);

export { words as nameWords };
