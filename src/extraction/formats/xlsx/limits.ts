/** The sizes within which a workbook is read. What lies past one is refused with `payload_too_large`, never cut. */
export const WORKBOOK_LIMITS = {
  /** The file as it was sent. */
  bytes: 20_000_000,
  /** Parts of a package; a workbook of a thousand sheets with a drawing each has about as many. */
  parts: 5_000,
  /** All parts as they inflate. Sheets are XML of 30 to 40 bytes a cell and pack to a tenth or less. */
  inflatedBytes: 600_000_000,
  /** Inflated bytes a packed byte. Rows that all look alike pack to a hundredth; a bomb to a thousandth. */
  ratio: 400,
  /** Below this many inflated bytes a ratio says nothing. */
  ratioFrom: 20_000_000,
  /** Parts that are read whole, as trees: relations, styles, charts. */
  smallPartBytes: 16_000_000,
  /** What cells and texts may take in memory together: an isolate has 128 MB. */
  heldBytes: 56_000_000,
  sheets: 1_024,
  tables: 256,
  charts: 200,
  merges: 200_000,
  /** XML: elements within each other, and the characters of one text or tag. */
  xmlDepth: 64,
  xmlChars: 1_000_000,
  /** The last column and row that the format knows: XFD1048576. */
  columns: 16_384,
  rows: 1_048_576,
} as const;
