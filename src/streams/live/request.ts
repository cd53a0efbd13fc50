import { base64url, fromBase64, fromUtf8, utf8 } from "../../core/bytes";
import type { Principal } from "../../platform/context";
import type { LiveFilter } from "./filter";

/** Whom the Worker has verified, and what they want to see. */
export interface LiveRequest {
  principal: Principal;
  streamId: string;
  filter: LiveFilter;
}

/** The header by which the Worker hands it to the stream's object, which is reached by nobody else. */
const HEADER = "x-live-request";

/** In base64url: names of fields and tags may be of any script, a header may not. */
export const liveHeaders = (request: LiveRequest): Record<string, string> => ({
  upgrade: "websocket",
  [HEADER]: base64url(utf8(JSON.stringify(request))),
});

/** The request of {@link liveHeaders}; null where this is none. */
export function liveRequestOf(request: Request): LiveRequest | null {
  const bytes = fromBase64(request.headers.get(HEADER) ?? "");
  if (!bytes || bytes.length === 0) return null;
  // Written by liveHeaders.
  return JSON.parse(fromUtf8(bytes)) as LiveRequest;
}
