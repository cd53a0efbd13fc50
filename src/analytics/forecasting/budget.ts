/**
 * Work units left for an analysis, about a microsecond of CPU each on the development machine. Counted, never timed: on
 * the platform the clock stands still while a computation runs. Who searches asks before each step and keeps the best
 * so far when nothing is left.
 */
export class Budget {
  #spent = 0;

  constructor(readonly limit: number) {}

  get spent(): number {
    return this.#spent;
  }

  get left(): number {
    return Math.max(0, this.limit - this.#spent);
  }

  get isSpent(): boolean {
    return this.#spent >= this.limit;
  }

  spend(units: number): void {
    this.#spent += units;
  }

  /** A part of what is left, which is spent from this one as well when it is closed with {@link settle}. */
  share(portion: number): Budget {
    return new Budget(this.left * portion);
  }

  settle(part: Budget): void {
    this.spend(part.spent);
  }
}

/** For callers that are bounded otherwise: tests and evaluations. */
export const unlimited = (): Budget => new Budget(Number.POSITIVE_INFINITY);
