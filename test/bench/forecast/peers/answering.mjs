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

/** Of this process, ms: what other programs take of the processor is not in it. */
export function cpuTime() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

/** Repeats `work` for at least so long by `clock` (ms); the mean time of one, and the last result. */
export function timed(leastMs, work, clock = () => performance.now()) {
  let result;
  let count = 0;
  let taken = 0;
  const started = clock();
  // The clock is asked every so often only: it costs as much as a short work.
  for (let batch = 1; taken < leastMs; batch *= 2) {
    for (let i = 0; i < batch; i++) result = work();
    count += batch;
    taken = clock() - started;
  }
  return { ms: taken / count, result };
}
