import { fail } from "../../core/errors";

/** UTF-8 text of a body, piece by piece. `onBytes` sees the bytes as they pass. */
export async function* textOf(
  body: AsyncIterable<Uint8Array>,
  onBytes: (bytes: Uint8Array) => void = () => {},
): AsyncGenerator<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false });
  const decode = (bytes?: Uint8Array): string => {
    try {
      return bytes ? decoder.decode(bytes, { stream: true }) : decoder.decode();
    } catch {
      throw fail("malformed_data", "The body is not valid UTF-8.");
    }
  };
  try {
    for await (const bytes of body) {
      onBytes(bytes);
      const text = decode(bytes);
      if (text !== "") yield text;
    }
  } catch (error) {
    if (error instanceof TypeError) throw fail("malformed_data", "The gzip body is damaged or cut off.");
    throw error;
  }
  const rest = decode();
  if (rest !== "") yield rest;
}
