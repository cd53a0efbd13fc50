// Who takes part, and who is not installed on this machine.
import { join } from "node:path";
import { run } from "../../../scripts/lib/run.mjs";
import { Contestant } from "./contestant.mjs";
import { compileKernelLoop, compileNative } from "./native/compile.mjs";

const peer = (name) => join(import.meta.dirname, "peers", name);

/** By name `{contestant, version}`; the version is null where it is not installed. `folder` is for what is compiled. */
export async function startField(folder) {
  // A kernel older than its sources would be measured, and nobody would know.
  await run("node", ["scripts/build.mjs"]);
  const native = await compileNative(folder);
  const programs = {
    ours: new Contestant(process.execPath, [peer("ours.mjs"), await compileKernelLoop(folder)]),
    r: new Contestant("Rscript", ["--vanilla", peer("peer.R")]),
    statsmodels: new Contestant("python3", [peer("peer.py")]),
    npmArima: new Contestant(process.execPath, [peer("npm-arima.mjs")]),
    ...(native ? { native: new Contestant(native, [], { encode: numbersOf }) } : {}),
  };
  const field = { native: { contestant: null, version: null } };
  for (const [name, contestant] of Object.entries(programs))
    field[name] = { contestant, version: await contestant.start() };
  if (field.ours.version === null)
    throw new Error("Our own side does not start: node test/bench/forecast/peers/ours.mjs says why.");
  return field;
}

/** The line that native/chandrasekhar.c reads. */
function numbersOf({ isWhole, w, order: { p, q, P, Q, m }, coefficients, leastMs }) {
  return [isWhole ? 1 : 0, p, q, P, Q, m, 0, w.length, leastMs, ...coefficients, ...w].join(" ");
}

export function stopField(field) {
  for (const { contestant } of Object.values(field)) contestant?.stop();
}
