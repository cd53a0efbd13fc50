import { Worker } from "node:worker_threads";

/**
 * Sends each case to one of `jobs` workers that run `script`, one at a time, and returns their answers in the order of
 * the cases. A worker first says "ready", then answers each message with one. One that dies answers its case with
 * `{ error }` and is replaced; where it never became ready, the whole run fails with its reason.
 */
export async function spread(cases, { script, jobs, workerData }) {
  const answers = new Array(cases.length);
  let next = 0;
  const workInTurn = async () => {
    let worker = null;
    while (next < cases.length) {
      const index = next++;
      worker ??= await start(script, workerData);
      answers[index] = await worker.ask(cases[index]);
      if (worker.hasEnded) worker = null;
    }
    await worker?.end();
  };
  await Promise.all(Array.from({ length: Math.min(jobs, cases.length) }, workInTurn));
  return answers;
}

async function start(script, workerData) {
  const worker = new Worker(script, { workerData });
  let answer = Promise.withResolvers();
  let hasEnded = false;
  const die = (reason) => {
    hasEnded = true;
    answer.resolve({ error: reason });
  };
  worker.on("message", (message) => answer.resolve(message));
  worker.on("error", (error) => die(error.message));
  worker.on("exit", (code) => die(`the worker ended with ${code}`));
  const first = await answer.promise;
  if (hasEnded) throw new Error(first.error);
  return {
    get hasEnded() {
      return hasEnded;
    },
    ask(message) {
      if (hasEnded) return { error: "the worker ended before it was asked" };
      answer = Promise.withResolvers();
      worker.postMessage(message);
      return answer.promise;
    },
    end: () => worker.terminate(),
  };
}
