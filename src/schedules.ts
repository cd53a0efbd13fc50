import { enqueueDue } from "./analytics";
import { rotateKeys } from "./auth";
import { systemClock } from "./core/clock";
import { secureRandom } from "./core/ids";
import { configOf } from "./env";

/** Cron expression of wrangler.toml → what it does. A cron without a job here is a mistake of ours and is thrown. */
const JOBS: Record<string, (env: Env, scheduledMs: number) => Promise<unknown>> = {
  /** Nightly: the next signing key, where it is time. */
  "17 3 * * *": (env) => rotateKeys({ env, config: configOf(env), clock: systemClock, random: secureRandom }),
  /** What schedules and automatic processing have due. */
  "*/5 * * * *": (env, scheduledMs) => enqueueDue({ env, random: secureRandom }, scheduledMs),
};

export async function handleSchedule(
  { cron, scheduledTime }: Pick<ScheduledController, "cron" | "scheduledTime">,
  env: Env,
): Promise<void> {
  const job = JOBS[cron];
  if (!job) throw new Error(`no job for the cron "${cron}"`);
  await job(env, scheduledTime);
}
