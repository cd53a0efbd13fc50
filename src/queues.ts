import { z } from "zod";
import { executions, runAutoProcessing, runSchedule } from "./analytics";
import { backtests } from "./backtest";
import { AppError, type Failure } from "./core/errors";
import type { TurnMessage } from "./core/work";
import { configOf } from "./env";
import { jobs } from "./extraction";
import { consumerContext } from "./platform/consumer-context";
import { errorFields, log } from "./platform/log";
import { tenantObject } from "./platform/objects";
import { doTurn, type Runners } from "./platform/turn";

/** Everything that travels through a queue. A message says where work is; the work itself is the tenant's. */
const turnSchema = z.object({
  kind: z.literal("work"),
  tenant_id: z.string(),
  turn: z.int(),
}) satisfies z.ZodType<TurnMessage>;
const messageSchema = z.discriminatedUnion("kind", [
  turnSchema,
  z.object({
    kind: z.literal("schedule"),
    tenant_id: z.string(),
    stream_id: z.string(),
    due_ms: z.int(),
    traceparent: z.string(),
  }),
  z.object({
    kind: z.literal("auto_processing"),
    tenant_id: z.string(),
    due_ms: z.int(),
    after: z.string(),
    error: z.object({ code: z.string(), detail: z.string() }).nullable(),
    traceparent: z.string(),
  }),
]);
type QueueMessage = z.infer<typeof messageSchema>;

/** Kind of work -> who does it. */
const RUNNERS: Runners = { strategy: executions, backtest: backtests, extract: jobs };

const DEAD_LETTER_SUFFIX = "-dlq";
const backoffSeconds = (attempts: number): number => Math.min(600, 10 * 2 ** attempts);

/** Each message has one outcome: done, again later, or put aside because nothing can be made of it. */
export async function handleQueue(batch: MessageBatch, env: Env, ctx: ExecutionContext): Promise<void> {
  const isDead = batch.queue.endsWith(DEAD_LETTER_SUFFIX);
  for (const message of batch.messages) await handleMessage(message, isDead, env, ctx);
}

async function handleMessage(
  message: Message,
  isDead: boolean,
  env: Env,
  ctx: ExecutionContext,
): Promise<void> {
  const { LOG_LEVEL } = configOf(env);
  const parsed = messageSchema.safeParse(message.body);
  if (!parsed.success) {
    log(LOG_LEVEL, "error", "queue_message_unknown", { message_id: message.id });
    message.ack();
    return;
  }
  const { kind, tenant_id } = parsed.data;
  const fields = { kind, tenant_id, message_id: message.id, attempts: message.attempts };
  try {
    await consume(parsed.data, isDead, env, ctx);
    message.ack();
  } catch (error) {
    if (error instanceof AppError && isFinal(error.failure)) {
      log(LOG_LEVEL, "info", "queue_message_moot", fields);
      message.ack();
    } else {
      log(LOG_LEVEL, "error", "queue_message_failed", { ...fields, ...errorFields(error) });
      message.retry({ delaySeconds: backoffSeconds(message.attempts) });
    }
  }
}

/** The tenant is gone: closed or suspended while the message travelled. */
const isFinal = ({ code }: Failure): boolean => code === "tenant_not_found" || code === "tenant_suspended";

async function consume(
  message: QueueMessage,
  isDead: boolean,
  env: Env,
  execution: ExecutionContext,
): Promise<void> {
  // A turn has no trace: each piece of work goes on with that of its request.
  const trace = message.kind === "work" ? "" : message.traceparent;
  const ctx = await consumerContext(env, message.tenant_id, trace, (work) => execution.waitUntil(work));
  switch (message.kind) {
    case "work":
      // Its tenant could not be reached for long. What breaks work never gets here, for that is the tenant's own to keep.
      if (isDead) return tenantObject(env, message.tenant_id).endTurn(message.turn);
      return doTurn(ctx, message.turn, RUNNERS);
    case "schedule":
      return runSchedule(ctx, { streamId: message.stream_id, dueMs: message.due_ms });
    case "auto_processing":
      return runAutoProcessing(ctx, {
        dueMs: message.due_ms,
        after: message.after,
        error: message.error,
      });
    default:
      return message satisfies never;
  }
}
