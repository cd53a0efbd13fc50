import { AppError, type Failure } from "./errors";

/** The outcome of something that may fail as expected. Plain data: it survives an RPC call, a class does not. */
export type Result<T> = { ok: true; value: T } | { ok: false; failure: Failure };

export const ok = <T>(value: T): Result<T> => ({ ok: true, value });
export const failed = (failure: Failure): { ok: false; failure: Failure } => ({ ok: false, failure });

/** The value, or the failure thrown as an {@link AppError}. */
export function unwrap<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new AppError(result.failure);
}

/** Runs `work` and turns an {@link AppError} into a failed result; any other error is our own mistake and stays thrown. */
export async function attempt<T>(work: () => Promise<T> | T): Promise<Result<T>> {
  try {
    return ok(await work());
  } catch (error) {
    if (error instanceof AppError) return failed(error.failure);
    throw error;
  }
}
