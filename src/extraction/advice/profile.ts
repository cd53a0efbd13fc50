import type { DerivedField, PlanColumn } from "../contract";
import { derivable } from "../derive";
import type { Cell } from "../formats/source-table";
import type { Draft, UnderstoodTable } from "../understand";

/** Sizes of what a model is shown: they bound what a table costs, however large it is. */
const MOST_COLUMNS = 80;
const MOST_CELLS = 480;
const FEWEST_SAMPLES = 5;
const MOST_SAMPLES = 20;
const SAMPLED_ROWS = 400;
const CELL_CHARS = 80;
export const NAME_CHARS = 100;
export const DESCRIPTION_CHARS = 2_000;

/** A table as a model is shown it: names, types and a few cells, with the plan that code made. */
export interface TableProfile {
  /** What is said of the data by whoever sent them. */
  about: { table: string; filename: string; description: string; format: string; rows: number };
  columns: ProfiledColumn[];
  time: { columns: string[]; order: string | null; open: boolean };
  derivable: { id: string; kind: string; of: string[] }[];
}

interface ProfiledColumn extends Pick<PlanColumn, "role" | "type"> {
  id: string;
  name: string;
  unit: string;
  /** Whether its role may be changed. */
  open: boolean;
  samples: string[];
}

/** The profile, and what its ids mean. */
export interface Profiled {
  profile: TableProfile;
  columns: ReadonlyMap<string, PlanColumn>;
  derivable: ReadonlyMap<string, DerivedField>;
}

export function profileTable(
  { understood, doubts }: Draft,
  told: { filename?: string | undefined; description?: string | undefined },
): Profiled {
  const { plan, table } = understood;
  const shown = plan.columns.slice(0, MOST_COLUMNS);
  const samples = sampleCells(understood, shown);
  const idOf = new Map(shown.map(({ name }, i) => [name, `c${i + 1}`]));
  // For tables that have nothing else to be charted: readings need no company that nobody asked for.
  const fields = plan.columns.some(({ role }) => role === "value") ? [] : derivable(plan, table);
  const profile: TableProfile = {
    about: {
      table: table.name.slice(0, NAME_CHARS),
      filename: (told.filename ?? "").slice(0, NAME_CHARS),
      description: (told.description ?? "").slice(0, DESCRIPTION_CHARS),
      format: plan.format,
      rows: table.rowCount,
    },
    columns: shown.map(({ source, name, role, type, unit }, i) => ({
      id: `c${i + 1}`,
      name: name.slice(0, NAME_CHARS),
      role,
      type,
      unit: unit ?? "",
      open: doubts.columns.includes(source),
      samples: samples[i]!,
    })),
    time: {
      columns: plan.timestamp?.fields.flatMap((name) => idOf.get(name) ?? []) ?? [],
      order: plan.timestamp?.order ?? null,
      open: doubts.time,
    },
    derivable: fields.map(({ kind, of }, i) => ({
      id: `d${i + 1}`,
      kind,
      of: of.flatMap((name) => idOf.get(name) ?? []),
    })),
  };
  return {
    profile,
    columns: new Map(shown.map((column, i) => [`c${i + 1}`, column])),
    derivable: new Map(fields.map((field, i) => [`d${i + 1}`, field])),
  };
}

/** The first different cells of each column. */
function sampleCells({ table }: UnderstoodTable, columns: readonly PlanColumn[]): string[][] {
  const most = Math.min(
    MOST_SAMPLES,
    Math.max(FEWEST_SAMPLES, Math.floor(MOST_CELLS / Math.max(1, columns.length))),
  );
  const places = columns.map(({ source }) => table.columns.indexOf(source));
  const seen = columns.map(() => new Set<string>());
  let rows = 0;
  for (const { cells } of table.rows) {
    if (rows++ >= SAMPLED_ROWS) break;
    places.forEach((at, i) => {
      const text = textOf(cells[at] ?? null);
      if (text !== "" && seen[i]!.size < most) seen[i]!.add(text);
    });
  }
  return seen.map((texts) => [...texts]);
}

const textOf = (cell: Cell): string => (cell === null ? "" : String(cell).trim().slice(0, CELL_CHARS));
