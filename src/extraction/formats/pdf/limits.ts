/** What a document may cost. pdf.js keeps a page's text as objects of some 300 bytes: these fit the memory of an isolate. */
export const PDF_LIMITS = {
  bytes: 20_000_000,
  /** A shorter stream of deflate alone inflates to 64 MB at most: it makes 1032 bytes of one. */
  uncheckedStream: 62_000,
  inflatedStream: 64_000_000,
  /** Pictures are not decoded, but any stream may call itself one. */
  inflatedPicture: 128_000_000,
  inflatedDocument: 512_000_000,
  pages: 500,
  /** Runs of text of one page; past them it is a drawing made of letters. */
  runsPerPage: 40_000,
  runsPerDocument: 1_000_000,
  /** Ruling lines of one page, before those that go on with each other are joined; past them it is a map or a chart. */
  rulesPerPage: 12_000,
  /** Pairs of a horizontal and a vertical rule that are held against each other. */
  crossings: 4_000_000,
  /** Rows of one ruled table on a page. */
  gridRows: 500,
  /** Ruled tables of a page; past them it is a drawing made of boxes. */
  grids: 100,
  /** Numbers of one drawn path that is looked through for rules: 1,300 lines. */
  pathNumbers: 4_000,
  tables: 400,
  columns: 80,
  headerRows: 8,
  cellChars: 2_000,
  /** A promise of pdf.js that never settles would hold the request for good. Timers run while nothing else does. */
  settleMs: 25_000,
} as const;
