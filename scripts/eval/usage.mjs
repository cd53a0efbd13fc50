import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";

/** Asked for wrongly: shown with how it is done, and without a stack. */
export class UsageError extends Error {}

/** Options and exactly so many positional arguments as there are names. */
export function parse(args, { names, options }) {
  const parsed = parsedOrUsage(args, options);
  const [surplus] = parsed.positionals.slice(names.length);
  if (surplus !== undefined) throw new UsageError(`"${surplus}" is one argument too many.`);
  const [missing] = names.slice(parsed.positionals.length);
  if (missing !== undefined) throw new UsageError(`${missing} is missing.`);
  return { ...parsed.values, positionals: parsed.positionals };
}

/** Options and at least one positional argument. */
export function parseMany(args, { name, options }) {
  const { values, positionals } = parsedOrUsage(args, options);
  if (positionals.length === 0) throw new UsageError(`${name} is missing.`);
  return { ...values, positionals };
}

function parsedOrUsage(args, options) {
  try {
    return parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    throw new UsageError(error.message);
  }
}

export function requireOneOf(name, value, allowed) {
  if (!allowed.includes(value))
    throw new UsageError(`--${name} must be ${allowed.join(", ")}, not ${value}.`);
}

/** A whole number of at least 1, or `otherwise` where none is given. */
export function countOf(name, text, otherwise) {
  if (text === undefined) return otherwise;
  const count = Number(text);
  if (!Number.isSafeInteger(count) || count < 1)
    throw new UsageError(`--${name} must be a whole number from 1 on, not ${text}.`);
  return count;
}

export const jobsOf = (text) => countOf("jobs", text, availableParallelism());
