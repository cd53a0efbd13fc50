import { hex } from "../../core/bytes";
import { newId, type RandomBytes } from "../../core/ids";

const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/**
 * The traceparent that our own work carries on (W3C Trace Context): the caller's trace id and flags with a span of
 * ours, or a fresh trace where the header is absent or not valid.
 */
export function continueTrace(header: string | null | undefined, random: RandomBytes): string {
  const match = header ? TRACEPARENT.exec(header) : null;
  const valid =
    match &&
    match[1] !== "ff" &&
    !/^0+$/.test(match[2]!) &&
    !/^0+$/.test(match[3]!) &&
    !(match[1] === "00" && match[5]);
  const traceId = valid ? match[2]! : hex(random(16));
  const flags = valid ? match[4]! : "01";
  return `00-${traceId}-${hex(random(8))}-${flags}`;
}

/** A caller's own request id is kept where it is short and printable: it only has to be safe in a header and a log. */
export function requestIdOf(header: string | null | undefined, random: RandomBytes): string {
  return header && /^[A-Za-z0-9._:-]{1,128}$/.test(header) ? header : newId("req", random);
}
