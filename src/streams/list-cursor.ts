import { base64url, fromBase64, fromUtf8, utf8 } from "../core/bytes";
import { badCursor } from "./query/cursor";

/** A cursor as a caller gets it: opaque. */
export const encodeCursor = (text: string): string => base64url(utf8(text));

/** What a cursor holds; fails with `invalid_request` where it was not given out like this. */
export function decodeCursor(cursor: string): string {
  const bytes = fromBase64(cursor);
  if (!bytes) throw badCursor();
  return fromUtf8(bytes);
}
