// A program that stays up and answers: a line of JSON for each request line, timed on its own side of the pipe. First it
// says `{"ready": "what it is and its version"}`, or `{"missing": "what is not installed"}`. Other output is ignored.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** A library must not take the other core: everybody computes on one. */
const ENVIRONMENT = { ...process.env, OMP_NUM_THREADS: "1", OPENBLAS_NUM_THREADS: "1", MKL_NUM_THREADS: "1" };
/** For one answer; R's search over an hourly series takes 15 s. */
const PATIENCE_MS = 300_000;

export class Contestant {
  #child = null;
  #settle = null;
  #stopAtExit = () => this.stop();

  /** `encode` makes the line of a request; JSON unless the program reads something else. */
  constructor(command, args, { encode = JSON.stringify } = {}) {
    this.command = command;
    this.args = args;
    this.encode = encode;
  }

  /** What it says it is; null where it is not installed. */
  async start() {
    const child = spawn(this.command, this.args, { env: ENVIRONMENT, stdio: ["pipe", "pipe", "ignore"] });
    this.#child = child;
    // The pipe of a program that has gone: its end is told by "close".
    child.stdin.on("error", () => {});
    child.once("error", () => this.#answer({ crash: "it does not start" }));
    child.once("close", () => {
      if (this.#child === child) this.#child = null;
      this.#answer({ crash: "it ended" });
    });
    createInterface({ input: child.stdout }).on("line", (line) => {
      if (line.startsWith("{")) this.#answer(JSON.parse(line));
    });
    process.once("exit", this.#stopAtExit);
    const { ready } = await this.#next();
    if (ready === undefined) this.stop();
    return ready ?? null;
  }

  /** `{ms, …}`, `{error}` where it refused or threw, `{crash}` where it died; it is started anew after that. */
  async ask(request) {
    if (!this.#child) await this.start();
    const answer = this.#next();
    this.#child?.stdin.write(`${this.encode(request)}\n`);
    const settled = await answer;
    // What trapped inside a program is no longer to be trusted.
    if (settled.crash) this.stop();
    return settled;
  }

  stop() {
    process.off("exit", this.#stopAtExit);
    this.#child?.kill("SIGKILL");
    this.#child = null;
  }

  #next() {
    const { promise, resolve } = Promise.withResolvers();
    const timer = setTimeout(() => {
      this.stop();
      this.#answer({ crash: `no answer in ${PATIENCE_MS / 1_000} s` });
    }, PATIENCE_MS);
    this.#settle = (answer) => {
      clearTimeout(timer);
      resolve(answer);
    };
    return promise;
  }

  #answer(answer) {
    const settle = this.#settle;
    this.#settle = null;
    settle?.(answer);
  }
}
