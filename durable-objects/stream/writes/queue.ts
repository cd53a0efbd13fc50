import { nextTurn } from "../../../src/platform/next-turn";

interface Waiting<W, R> {
  write: W;
  resolve(result: R): void;
  reject(error: unknown): void;
}

/**
 * Writes that come while one is being committed go together in the next commit: most of a commit's cost does not depend
 * on how much is in it.
 */
export class WriteQueue<W, R> {
  private waiting: Waiting<W, R>[] = [];
  private isRunning = false;

  /** `commit` stores all of `writes` or throws; it gives one result each, in their order. */
  constructor(private readonly commit: (writes: W[]) => R[]) {}

  add(write: W): Promise<R> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ write, resolve, reject });
      if (!this.isRunning) void this.run();
    });
  }

  private async run(): Promise<void> {
    this.isRunning = true;
    // What has arrived already is taken along.
    await nextTurn();
    const group = this.waiting;
    this.waiting = [];
    this.isRunning = false;
    try {
      const results = this.commit(group.map(({ write }) => write));
      for (const [i, { resolve }] of group.entries()) resolve(results[i]!);
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
  }
}
