/**
 * What an archive may grow to. The totals bound memory and time whatever an archive says of itself: inflating ran at
 * 300 MB/s and more in workerd, so 40 MB take about a tenth of a second. There is no limit on the ratio: readings that
 * hardly change pack a thousandfold and are honest.
 */
export const UNPACK_LIMITS = {
  /** The archive itself: it is held whole. */
  packedBytes: 20_000_000,
  /** One file of it: the cap of data that are understood in one piece. */
  fileBytes: 20_000_000,
  /** All files together, those of archives within it too: an isolate has 128 MB for them and what is made of them. */
  totalBytes: 40_000_000,
  /** Entries of all archives together. */
  entries: 100,
  /** Archives within the archive, one inside the other. */
  depth: 1,
  /** Of a path within the archive; it becomes a label. */
  pathChars: 1_000,
} as const;
