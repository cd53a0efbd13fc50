import { rotateKeys } from "./auth";
import { systemClock } from "./core/clock";
import { secureRandom } from "./core/ids";
import { configOf } from "./env";

/** Cron expression of wrangler.toml → what it does. A cron without a job here is a mistake of ours and is thrown. */
const JOBS: Record<string, (env: Env) => Promise<void>> = {
  /** Nightly: the next signing key, where it is time. */
  "17 3 * * *": (env) => rotateKeys({ env, config: configOf(env), clock: systemClock, random: secureRandom }),
};

export async function handleSchedule(cron: string, env: Env): Promise<void> {
  const job = JOBS[cron];
  if (!job) throw new Error(`no job for the cron "${cron}"`);
  await job(env);
}
