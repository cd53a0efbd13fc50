import { fail } from "../../../core/errors";

export const damaged = () => fail("malformed_data", "The worksheet is damaged: its records are cut.");

export interface LotusRecord {
  type: number;
  body: DataView;
}

/** Two bytes of type, two of size, the body, up to the end record. Throws `malformed_data` where one is cut. */
export function* lotusRecords(bytes: Uint8Array): Generator<LotusRecord, void, undefined> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at + 4 <= bytes.length; ) {
    const type = view.getUint16(at, true);
    const size = view.getUint16(at + 2, true);
    if (at + 4 + size > bytes.length) throw damaged();
    if (type === END) return;
    yield { type, body: new DataView(bytes.buffer, bytes.byteOffset + at + 4, size) };
    at += 4 + size;
  }
}

const END = 0x01;

/** The bytes of a text from `at` to its NUL, or to the end of its record. */
export function textBytes(body: DataView, at: number): Uint8Array {
  if (at > body.byteLength) throw damaged();
  const rest = new Uint8Array(body.buffer, body.byteOffset + at, body.byteLength - at);
  const end = rest.indexOf(0);
  return end < 0 ? rest : rest.subarray(0, end);
}

/** Throws `malformed_data` where a record has fewer bytes. */
export function need(body: DataView, bytes: number): void {
  if (body.byteLength < bytes) throw damaged();
}
