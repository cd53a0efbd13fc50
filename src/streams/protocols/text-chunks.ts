import { fail } from "../../core/errors";

/** A body piece by piece. `onBytes` sees the bytes as they pass. */
export async function* bytesOf(
  body: AsyncIterable<Uint8Array>,
  onBytes: (bytes: Uint8Array) => void = () => {},
): AsyncGenerator<Uint8Array> {
  for await (const bytes of body) {
    onBytes(bytes);
    yield bytes;
  }
}

/** UTF-8 text of a body, piece by piece, as {@link bytesOf}. */
export async function* textOf(
  body: AsyncIterable<Uint8Array>,
  onBytes: (bytes: Uint8Array) => void = () => {},
): AsyncGenerator<string> {
  // A byte order mark is taken off here: the runtime's decoder would take off one at the start of any piece.
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  const decode = (bytes?: Uint8Array): string => {
    try {
      return bytes ? decoder.decode(bytes, { stream: true }) : decoder.decode();
    } catch {
      throw fail("malformed_data", "The body is not valid UTF-8.");
    }
  };
  let isFirst = true;
  for await (const bytes of bytesOf(body, onBytes)) {
    const text = decode(bytes);
    if (text === "") continue;
    const shown = isFirst ? text.replace(/^\uFEFF/, "") : text;
    isFirst = false;
    if (shown !== "") yield shown;
  }
  const rest = decode();
  if (rest !== "") yield rest;
}
