import { configOf } from "../../src/env";
import { errorFields, log } from "../../src/platform/log";

/**
 * The one alarm of an object, shared by its duties: each says when it wants to run next, the earliest one gets the alarm.
 * Setting it is billed as a row, so one that rings early enough is left alone; rung too early, it is set again.
 */
export class Alarms {
  private setFor: number | null | undefined;

  constructor(private readonly storage: Pick<DurableObjectStorage, "getAlarm" | "setAlarm">) {}

  /** Makes sure that the alarm rings by the earliest of these times (ms); null: never. */
  async arm(times: readonly (number | null)[]): Promise<void> {
    const earliest = times.reduce<number>(
      (least, at) => Math.min(least, at ?? least),
      Number.POSITIVE_INFINITY,
    );
    if (earliest === Number.POSITIVE_INFINITY) return;
    if (this.setFor === undefined) this.setFor = await this.storage.getAlarm();
    if (this.setFor !== null && this.setFor <= earliest) return;
    this.setFor = earliest;
    await this.storage.setAlarm(earliest);
  }

  /** The alarm rang: none is set. */
  rang(): void {
    this.setFor = null;
  }

  /** Storage was wiped, the alarm with it. */
  forget(): void {
    this.setFor = null;
  }
}

/** Does every duty of an alarm that rang; one that fails does not hold up the others. */
export async function doDuties(
  env: Env,
  object: string,
  duties: (() => Promise<void> | void)[],
): Promise<void> {
  for (const duty of duties) {
    try {
      await duty();
    } catch (error) {
      log(configOf(env).LOG_LEVEL, "error", "alarm_duty_failed", { object, ...errorFields(error) });
    }
  }
}
