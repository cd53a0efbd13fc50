import { fail } from "../../../core/errors";
import { decodedSize, type Filter, filtersOf } from "./filters";
import { PDF_LIMITS } from "./limits";

/**
 * Refuses a document with a stream that inflates past the memory of an isolate: pdf.js keeps a decoded stream whole, and
 * deflate makes a thousand bytes of one. Long streams are decoded once here, and only counted. A stream that cannot be
 * decoded is left to pdf.js. Throws `payload_too_large`.
 */
export async function refuseBombs(bytes: Uint8Array): Promise<void> {
  let total = 0;
  for (const { from, to, dictionary, filters } of longStreams(bytes)) {
    if (filters.length === 0) continue;
    const picture = /\/Subtype\s*\/Image\b/.test(dictionary);
    const most = picture ? PDF_LIMITS.inflatedPicture : PDF_LIMITS.inflatedStream;
    const size = await decodedSize(bytes.subarray(from, to), filters, most);
    total += size;
    if (size > most || total > PDF_LIMITS.inflatedDocument)
      throw fail("payload_too_large", "The PDF holds a stream that is too large when it is decompressed.");
  }
}

interface RawStream {
  from: number;
  to: number;
  dictionary: string;
  filters: Filter[];
}

const STREAM = [0x73, 0x74, 0x72, 0x65, 0x61, 0x6d];
const LATIN = new TextDecoder("latin1");

/** The streams of the file by their keywords, whatever its table of references says. */
function* longStreams(bytes: Uint8Array): Generator<RawStream> {
  let open = -1;
  let dictionary = "";
  for (let at = bytes.indexOf(STREAM[0]!); at >= 0; at = bytes.indexOf(STREAM[0]!, at + 1)) {
    if (!STREAM.every((byte, i) => bytes[at + i] === byte)) continue;
    // "endstream" holds the keyword as well.
    const ends = bytes[at - 1] === 0x64 && bytes[at - 2] === 0x6e && bytes[at - 3] === 0x65;
    if (!ends && open < 0) {
      open = at + STREAM.length + (bytes[at + STREAM.length] === 0x0d ? 2 : 1);
      dictionary = LATIN.decode(bytes.subarray(Math.max(0, at - 2_000), at))
        .split(/\bobj\b/)
        .at(-1)!;
    } else if (ends && open >= 0) {
      const filters = filtersOf(dictionary);
      const most = filters.length === 1 && filters[0] === "deflate" ? PDF_LIMITS.uncheckedStream : 0;
      if (at - open > most) yield { from: open, to: at - 3, dictionary, filters };
      open = -1;
    }
  }
}
