import { z } from "zod";
import { AppError, type Failure } from "../../core/errors";
import { isObject } from "../../core/json";
import { failed, ok, type Result } from "../../core/result";
import { type RejectedRow, STREAM_LIMITS } from "../contract";
import type { Frame } from "../frame";
import { FrameBuilder } from "../frame-builder";
import { jsonRows } from "../protocols/json";
import { LIVE_LIMITS } from "./limits";

const idSchema = z.union([z.string().max(128), z.number()]).optional();
const messageSchema = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("points"), points: z.array(z.unknown()), id: idSchema }),
  z.strictObject({ type: z.literal("ack"), seq: z.number().int().nonnegative() }),
  z.strictObject({ type: z.literal("renew"), token: z.string().min(1).max(4_096) }),
  z.strictObject({ type: z.literal("ping") }),
]);
const TYPES: readonly unknown[] = ["points", "ack", "renew", "ping"];

export type MessageId = string | number | null;

/** What a client says: readings (as POST /points takes them) under an id of its own, or one of the commands. */
export type LiveMessage =
  | { type: "points"; id: MessageId; body: unknown }
  | { type: "ack"; seq: number }
  | { type: "renew"; token: string }
  | { type: "ping" };

/** A message of a type of ours is that; an array or any other object is readings. */
export function readMessage(data: string | ArrayBuffer): Result<LiveMessage> {
  if (typeof data !== "string") return failed({ code: "invalid_request", detail: "A message is text." });
  if (data.length > LIVE_LIMITS.inboundChars) {
    const detail = `A message has at most ${LIVE_LIMITS.inboundChars} characters.`;
    return failed({ code: "payload_too_large", detail });
  }
  const value = parsed(data);
  if (value === undefined) return failed({ code: "invalid_json", detail: "The message is not valid JSON." });
  if (!isObject(value) || !TYPES.includes(value.type)) return ok({ type: "points", id: null, body: value });
  const result = messageSchema.safeParse(value);
  if (!result.success) {
    const detail = `The message of type "${String(value.type)}" has not the shape of one.`;
    return failed({ code: "invalid_request", detail });
  }
  const message = result.data;
  if (message.type !== "points") return ok(message);
  return ok({ type: "points", id: message.id ?? null, body: message.points });
}

export interface Readings {
  frame: Frame;
  rejected: number;
  /** The first STREAM_LIMITS.errorsListed of the rejected rows. */
  errors: RejectedRow[];
}

/** The readings of a message, which are stored all or nothing: they must fit one frame. */
export function readReadings(body: unknown): Result<Readings> {
  const builder = new FrameBuilder();
  const errors: RejectedRow[] = [];
  let rejected = 0;
  try {
    for (const parsedRow of jsonRows(body)) {
      if (!("rejected" in parsedRow) && !builder.fits(parsedRow.point)) return failed(tooManyRows());
      const reason = "rejected" in parsedRow ? parsedRow.rejected : builder.add(parsedRow.point);
      if (reason === null) continue;
      rejected++;
      if (errors.length < STREAM_LIMITS.errorsListed) errors.push({ row: parsedRow.row, reason });
    }
  } catch (error) {
    if (error instanceof AppError) return failed(error.failure);
    throw error;
  }
  if (builder.length === 0) return failed(nothingValid(rejected, errors));
  return ok({ frame: builder.take(), rejected, errors });
}

/** An expected failure as a message; `id` is that of the message that failed. */
export function errorMessage(failure: Failure, id: MessageId = null): string {
  const rows = failure.extra?.rows;
  return JSON.stringify({
    type: "error",
    ...(id === null ? {} : { id }),
    code: failure.code,
    detail: failure.detail,
    ...(failure.retryAfterSeconds === undefined ? {} : { retryAfter: failure.retryAfterSeconds }),
    ...(rows === undefined ? {} : { errors: rows }),
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const tooManyRows = (): Failure => ({
  code: "payload_too_large",
  detail: `A message holds at most ${STREAM_LIMITS.rowsPerFrame} rows or ${STREAM_LIMITS.frameBytes} bytes of columns; POST /points takes more.`,
});

const nothingValid = (rejected: number, errors: RejectedRow[]): Failure => ({
  code: "no_valid_rows",
  detail:
    rejected === 0
      ? "The message has no rows."
      : `None of the ${rejected} rows is valid: ${errors[0]!.reason}.`,
  extra: { rejected, rows: errors.map(({ row, reason }) => ({ row, reason })) },
});
