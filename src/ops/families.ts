import type { Totals } from "./totals-store";

/** A counter of the platform: its name without the unit's `_total`, and the samples it has of a set of totals. */
export interface Family {
  name: string;
  help: string;
  samples(totals: Totals): Sample[];
}

export interface Sample {
  labels: Readonly<Record<string, string>>;
  value: number;
}

const of = (totals: Totals, name: string): number => totals[name] ?? 0;
const plain =
  (name: string) =>
  (totals: Totals): Sample[] => [{ labels: {}, value: of(totals, name) }];
const by =
  (label: string, names: Readonly<Record<string, string>>) =>
  (totals: Totals): Sample[] =>
    Object.entries(names).map(([value, name]) => ({ labels: { [label]: value }, value: of(totals, name) }));

const OUTCOMES = {
  accepted: "accepted",
  updated: "updated",
  duplicate: "duplicates",
  rejected: "rejected",
};

/** What anybody may know of the platform as a whole. */
export const PUBLIC_FAMILIES: readonly Family[] = [
  { name: "stream_writes", help: "Writes to streams that were stored.", samples: plain("writes") },
  { name: "stream_points", help: "Rows of writes by what came of them.", samples: by("outcome", OUTCOMES) },
  { name: "stream_bytes", help: "Size of what was written, as column frames.", samples: plain("bytes") },
  {
    name: "strategy_executions",
    help: "Executions and backtests that ended.",
    samples: by("status", { succeeded: "succeeded", failed: "failed" }),
  },
  { name: "extraction_jobs", help: "Extraction jobs that ended.", samples: plain("jobs") },
  { name: "forecasts_compared", help: "Predicted values that came due.", samples: plain("compared") },
];

/** What only the operator may know, of the platform and of each tenant. */
export const OPERATOR_FAMILIES: readonly Family[] = [
  { name: "stream_writes_timed", help: "Writes whose way was timed.", samples: plain("timedWrites") },
  {
    name: "stream_write_milliseconds",
    help: "Time from a write's arrival at its stream to where it is durable, of those that were timed.",
    samples: plain("timedMs"),
  },
  { name: "work_units", help: "Work units of executions and backtests.", samples: plain("units") },
  { name: "llm_calls", help: "Questions to language models.", samples: plain("modelCalls") },
  {
    name: "llm_tokens",
    help: "Tokens of language models, sent and received.",
    samples: plain("modelTokens"),
  },
  {
    name: "llm_refused",
    help: "Questions for which a month had not enough tokens left.",
    samples: plain("modelRefused"),
  },
];

export const ALL_FAMILIES: readonly Family[] = [...PUBLIC_FAMILIES, ...OPERATOR_FAMILIES];
