import { fail } from "../../core/errors";
import type { ParsedRow } from "../append";
import { parseRecord } from "./row";

/** A line longer than this is no reading. */
const LINE_CHARS = 2_000_000;

/** The rows of newline-delimited JSON. Rows are numbered by line, from 1; blank lines are passed over. */
export async function* ndjsonRows(text: AsyncIterable<string> | Iterable<string>): AsyncGenerator<ParsedRow> {
  let line = 0;
  let rest = "";
  for await (const piece of text) {
    const lines = (rest + piece).split("\n");
    rest = lines.pop()!;
    if (rest.length > LINE_CHARS)
      throw fail("malformed_data", `Line ${line + lines.length + 1} has more than ${LINE_CHARS} characters.`);
    for (const one of lines) yield* rowOf(++line, one);
  }
  yield* rowOf(++line, rest);
}

function* rowOf(row: number, line: string): Generator<ParsedRow> {
  if (line.trim() === "") return;
  let record: unknown;
  try {
    record = JSON.parse(line);
  } catch {
    yield { row, rejected: "the line is not valid JSON" };
    return;
  }
  yield parseRecord(row, record);
}
