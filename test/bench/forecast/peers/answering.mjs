// The loop of a contestant in Node: a request a line, an answer a line.
import { createInterface } from "node:readline";

/** Answers each request with what its task returns; `tasks` by name. What traps is a crash, what throws an error. */
export async function answerRequests(ready, tasks) {
  const say = (answer) => process.stdout.write(`${JSON.stringify(answer)}\n`);
  say({ ready });
  for await (const line of createInterface({ input: process.stdin })) {
    const request = JSON.parse(line);
    try {
      say(await tasks[request.task](request));
    } catch (error) {
      const isTrap = error instanceof WebAssembly.RuntimeError || error instanceof RangeError;
      say({ [isTrap ? "crash" : "error"]: error.message });
    }
  }
}

/** Repeats `work` for at least so long; the mean time of one, and the last result. */
export function timed(leastMs, work) {
  let result;
  let count = 0;
  let taken = 0;
  const started = performance.now();
  do {
    result = work();
    count++;
    taken = performance.now() - started;
  } while (taken < leastMs);
  return { ms: taken / count, result };
}
