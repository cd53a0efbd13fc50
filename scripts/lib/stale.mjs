import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";

async function timesOf(path) {
  const info = await stat(path).catch(() => undefined);
  if (!info) return [];
  if (!info.isDirectory()) return [info.mtimeMs];
  const below = await readdir(path);
  // The folder's own time is among them: it tells of a file that was removed.
  return [info.mtimeMs, ...(await Promise.all(below.map((name) => timesOf(join(path, name))))).flat()];
}

/** True when an output is missing or older than the newest file of `inputs` (files or folders). */
export async function isStale(outputs, inputs) {
  const made = await Promise.all(outputs.map((path) => stat(path).catch(() => undefined)));
  if (made.some((info) => info === undefined)) return true;
  const oldest = Math.min(...made.map((info) => info.mtimeMs));
  const newest = Math.max(...(await Promise.all(inputs.map(timesOf))).flat());
  return newest > oldest;
}
