/** The sizes within which a page is read. */
export const HTML_LIMITS = {
  /** The page as it was sent. */
  bytes: 20_000_000,
  /** Characters of one tag, comment or text that are held until it ends; what is longer is read in parts. */
  markupChars: 200_000,
  /** Tables of a page, those by which it is laid out too. */
  tables: 20_000,
  /** Tables within each other. Pages that are laid out by tables have a few. */
  depth: 32,
  /** Characters of a cell. */
  cellChars: 32_767,
  /** Cells that one may stretch over (HTML Living Standard, 4.9.11). */
  columnSpan: 1_000,
  rowSpan: 65_534,
  /** A page that was saved with all that it shows: its text is held whole, twice where it is encoded. */
  multipartBytes: 8_000_000,
  /** Places that cells from above take, passed by to find those of the others. */
  passedPlaces: 5_000_000,
  /** Parts of a page that was saved with all that it shows. */
  parts: 2_000,
} as const;
