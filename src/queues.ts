import { z } from "zod";
import { executions } from "./analytics";
import { AppError, type Failure } from "./core/errors";
import type { TurnMessage } from "./core/work";
import { configOf } from "./env";
import { jobs } from "./extraction";
import { consumerContext } from "./platform/consumer-context";
import { errorFields, log } from "./platform/log";
import { tenantObject } from "./platform/objects";
import { doTurn, type Runners } from "./platform/turn";

/** Everything that travels through a queue. A message says where work is; the work itself is the tenant's. */
const messageSchema = z.object({
  kind: z.literal("work"),
  tenant_id: z.string(),
  turn: z.int(),
}) satisfies z.ZodType<TurnMessage>;

/** Kind of work -> who does it. */
const RUNNERS: Runners = { strategy: executions, extract: jobs };

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
  const { tenant_id, turn } = parsed.data;
  const fields = { tenant_id, turn, message_id: message.id, attempts: message.attempts };
  try {
    if (isDead) await replaceTurn(env, parsed.data);
    else await takeTurn(env, parsed.data, (work) => ctx.waitUntil(work));
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

/** The tenant or its work is gone: erased, closed or suspended while the message travelled. */
const isFinal = ({ code }: Failure): boolean =>
  ["tenant_not_found", "tenant_suspended", "job_not_found", "execution_not_found"].includes(code);

async function takeTurn(
  env: Env,
  { tenant_id, turn }: TurnMessage,
  waitUntil: (work: Promise<unknown>) => void,
): Promise<void> {
  await doTurn(await consumerContext(env, tenant_id, "", waitUntil), turn, RUNNERS);
}

/** A message that could not be handled: its turn goes to another one, if there still is work. What breaks work never gets here. */
async function replaceTurn(env: Env, { tenant_id, turn }: TurnMessage): Promise<void> {
  await tenantObject(env, tenant_id).endTurn(turn);
}
