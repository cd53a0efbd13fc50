import { AppError } from "../../core/errors";
import type { Schedule } from "../../streams";
import { prepareStrategy } from "../strategies/registry";

/** Refuses a schedule whose strategy there is not, or whose config it does not take, each bad key by its pointer. */
export function checkSchedule({ strategy_id, config }: Schedule): void {
  try {
    prepareStrategy(strategy_id, config);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const { failure } = error;
    const errors = failure.errors?.map(({ pointer, message }) => ({
      pointer: `/schedule${pointer}`,
      message,
    }));
    throw new AppError(errors ? { ...failure, errors } : failure);
  }
}
