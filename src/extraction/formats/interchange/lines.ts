import { fail } from "../../../core/errors";
import { encodingOf, isUtf8, TextStream } from "../../detect/text";

const PIECE_BYTES = 65_536;
/** Characters of a line; a cell has 32,767 in any program. */
const LINE_CHARS = 1_000_000;

/** The lines of a text, which is never whole in memory. Throws `malformed_data` for one that does not end. */
export function* linesIn(bytes: Uint8Array): Generator<string, void, undefined> {
  const stream = new TextStream(encodingOf(bytes.subarray(0, PIECE_BYTES), isUtf8(bytes)));
  let rest = "";
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
    const text = rest + stream.push(bytes.subarray(at, at + PIECE_BYTES));
    let from = 0;
    for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", from)) {
      yield text.slice(from, end);
      from = end + 1;
    }
    rest = text.slice(from);
    if (rest.length > LINE_CHARS)
      throw fail("malformed_data", `The file has a line of over ${LINE_CHARS} characters.`);
  }
  const last = rest + stream.end();
  if (last !== "") yield last.replace(/\n$/, "");
}
