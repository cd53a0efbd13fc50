import { readFile } from "node:fs/promises";
import { UsageError } from "./usage.mjs";

export async function readText(path) {
  return readFile(path, "utf8").catch((error) => {
    throw new UsageError(`${path} cannot be read: ${error.code ?? error.message}`);
  });
}

export async function readJson(path) {
  const text = await readText(path);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UsageError(`${path} is no JSON: ${error.message}`);
  }
}
