/** The sizes within which data are understood. What lies past one is refused or reported, never cut silently. */
export const EXTRACTION_LIMITS = {
  /** Text in memory at once: an isolate has 128 MB and a string of Latin-1 takes a byte a character, others two. */
  inlineChars: 20_000_000,
  columns: 512,
  /** Text on which format, layout and columns are decided; what it leaves open is asked of the rest. */
  headChars: 2_000_000,
  /** Characters of a record that is read piece by piece: it is held until it ends. */
  recordChars: 8_000_000,
  /** Of a record with quotes in it. A quote that is open for longer was none. */
  quotedChars: 4_000_000,
  /** Cells that inference looks at. Rows past them are read under the plan that the first rows gave. */
  profiledCells: 2_000_000,
  /** Lines on which the delimiter is decided. */
  dialectLines: 200,
  /** Lines that may stand above a header. */
  preambleLines: 60,
  /** A cell longer than this is text, whatever it holds: regular expressions never see more. */
  parsedCellChars: 64,
  /** Values of a column that are told apart; more are "many". */
  distinctValues: 5_000,
  jsonDepth: 64,
  /** Array elements looked at when the keys of a list of records are compared. */
  jsonSampleItems: 200,
  textLineChars: 10_000,
  slotsPerLine: 64,
  /** Of the plan of data that are read as a whole: 20,000 columns whose names are not long. */
  planChars: 2_000_000,
  warnings: 50,
  rejectedListed: 100,
  previewRows: 10,
} as const;
