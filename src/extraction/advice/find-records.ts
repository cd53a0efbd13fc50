import { hex } from "../../core/bytes";
import type { TenantContext } from "../../platform/context";
import type { ModelRecords } from "../contract";
import type { Refusal } from "../providers/port";
import type { ModelSettings } from "../providers/settings";
import type { Draft, UnderstandHints, UnderstoodTable } from "../understand";
import { askModel } from "./ask-model";
import { RecordCheck } from "./check-records";
import { DESCRIPTION_CHARS, NAME_CHARS } from "./profile";
import { type FreeRow, freeRows, recordTable, reservedNames } from "./record-table";
import { questionOfRecords } from "./records-prompt";

/** Characters of a piece of a text, in whole rows, and pieces of a text at most: they bound what it costs. */
const CHUNK_CHARS = 6_000;
const MOST_CHUNKS = 10;

/** What became of a free text. `table` is null where no record stands in it. */
export type FoundRecords =
  | { table: Omit<UnderstoodTable, "format"> | null; counts: ModelRecords; tokens: number }
  | { refused: Refusal | "too_long"; tokens: number };

/**
 * Asks a model for the records in a free text, piece by piece until `endMs`: the first pieces one after another until
 * there are names for what they hold, the others at once with those names. Where a piece has no answer the text has
 * none: half of its records would be a wrong whole.
 */
export async function findRecords(
  ctx: TenantContext,
  settings: ModelSettings,
  draft: Draft,
  hints: UnderstandHints,
  endMs: number,
): Promise<FoundRecords> {
  const { table } = draft.understood;
  const free = table.freeText!;
  const rows = freeRows(table, free);
  const chunks = chunksOf(rows);
  if (chunks.length > MOST_CHUNKS) return { refused: "too_long", tokens: 0 };
  const check = new RecordCheck(reservedNames(table));
  const about = {
    filename: (hints.filename ?? "").slice(0, NAME_CHARS),
    description: (hints.description ?? "").slice(0, DESCRIPTION_CHARS),
  };
  const askAbout = (chunk: readonly FreeRow[]) => {
    const shown = { about, names: [...check.names], rows: chunk.map(({ id, text }) => ({ id, text })) };
    const question = questionOfRecords(shown, hex(ctx.random(8)));
    return askModel(ctx, settings, question, endMs - ctx.clock.nowMs());
  };
  let tokens = 0;
  for (let at = 0; at < chunks.length; ) {
    const next = check.names.size === 0 ? chunks.slice(at, at + 1) : chunks.slice(at);
    const answers = await Promise.all(next.map(askAbout));
    for (const asked of answers) tokens += asked.tokens;
    for (const [i, asked] of answers.entries()) {
      if ("refused" in asked) return { refused: asked.refused, tokens };
      check.take(asked.value, next[i]!);
    }
    at += next.length;
  }
  const { counts } = check;
  return { table: counts.kept > 0 ? recordTable(draft, free, rows, check) : null, counts, tokens };
}

/** Whole rows, in pieces of {@link CHUNK_CHARS} at most; a longer row is a piece of its own. */
function chunksOf(rows: readonly FreeRow[]): FreeRow[][] {
  const chunks: FreeRow[][] = [];
  let chars = Number.POSITIVE_INFINITY;
  for (const row of rows) {
    if (row.text === "") continue;
    if (chars + row.text.length > CHUNK_CHARS) {
      if (chunks.length > MOST_CHUNKS) break;
      chunks.push([]);
      chars = 0;
    }
    chunks.at(-1)!.push(row);
    chars += row.text.length;
  }
  return chunks;
}
