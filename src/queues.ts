import { z } from "zod";
import { analyzeQueued } from "./analytics";
import { AppError, type Failure } from "./core/errors";
import { configOf } from "./env";
import { extractQueued, giveUpJob } from "./extraction";
import { consumerContext } from "./platform/consumer-context";
import { errorFields, log } from "./platform/log";

/** Everything that travels through a queue. A message says where work is; the work itself is the tenant's. */
const messageSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("work"), tenant_id: z.string(), traceparent: z.string() }),
  z.object({
    kind: z.literal("extract"),
    tenant_id: z.string(),
    job_id: z.string(),
    traceparent: z.string(),
  }),
]);
export type QueueMessage = z.infer<typeof messageSchema>;

const DEAD_LETTER_SUFFIX = "-dlq";
/** Past the lease of a minute that a dead attempt may still hold. */
const HELD_RETRY_SECONDS = 65;
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
  try {
    await consume(parsed.data, isDead, env, ctx);
    message.ack();
  } catch (error) {
    const fields = {
      kind,
      tenant_id,
      message_id: message.id,
      attempts: message.attempts,
      ...errorFields(error),
    };
    if (error instanceof AppError && isFinal(error.failure)) {
      log(LOG_LEVEL, "info", "queue_message_moot", fields);
      message.ack();
    } else if (error instanceof AppError && error.failure.code === "conflict") {
      message.retry({ delaySeconds: HELD_RETRY_SECONDS });
    } else {
      log(LOG_LEVEL, "error", "queue_message_failed", fields);
      message.retry({ delaySeconds: backoffSeconds(message.attempts) });
    }
  }
}

/** The tenant or its work is gone: erased, closed or suspended while the message travelled. */
const isFinal = ({ code }: Failure): boolean =>
  ["tenant_not_found", "tenant_suspended", "job_not_found", "execution_not_found"].includes(code);

async function consume(
  message: QueueMessage,
  isDead: boolean,
  env: Env,
  execution: ExecutionContext,
): Promise<void> {
  const ctx = await consumerContext(env, message.tenant_id, message.traceparent, (work) =>
    execution.waitUntil(work),
  );
  switch (message.kind) {
    case "work":
      return analyzeQueued(ctx, isDead);
    case "extract":
      return isDead ? giveUpJob(ctx, message.job_id, GIVEN_UP) : extractQueued(ctx, message.job_id);
    default:
      return message satisfies never;
  }
}

const GIVEN_UP: Failure = { code: "internal", detail: "The job failed on our side each time it was tried." };
