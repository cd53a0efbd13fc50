import { sheetedReader } from "../interchange/sheeted";
import { readRelease2 } from "./release-2";
import { readRelease3 } from "./release-3";

const RELEASE_2_PROGRAMS = new Set([0x0404, 0x0405, 0x0406, 0x5120]);
const RELEASE_3_BYTES = 26;

/** Which worksheet bytes begin as: their first record says the program, by its number or by its size. */
function releaseOf(bytes: Uint8Array): 2 | 3 | null {
  const [kind = -1, zero, size, none, low = 0, high = 0] = bytes;
  if (zero !== 0 || none !== 0) return null;
  // Works begins with a record of its own.
  if (kind === 0xff && size === 2) return 2;
  if (kind !== 0) return null;
  if (size === 2) return RELEASE_2_PROGRAMS.has(low | (high << 8)) ? 2 : null;
  return size === RELEASE_3_BYTES && high === 0x10 ? 3 : null;
}

/** Whether bytes are a worksheet of Lotus 1-2-3, or of programs that write as it does: Symphony, Quattro for DOS, Works. */
export const isLotus = (bytes: Uint8Array): boolean => releaseOf(bytes) !== null;

/** Its tables. Throws `malformed_data`, `payload_too_large` and `no_valid_rows`. */
export const readLotus = sheetedReader((bytes) =>
  releaseOf(bytes) === 2 ? readRelease2(bytes) : readRelease3(bytes),
);
