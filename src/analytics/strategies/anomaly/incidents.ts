import type { JsonObject } from "../../../core/json";
import { formatMicros } from "../../../core/timestamps";
import { runsOf } from "../../detection/batch/runs";
import type { Described } from "./describe";
import type { Judgement } from "./judge";

/** An incident: anomalies in a row, told by the gravest of them. */
interface Incident {
  from: number;
  until: number;
  rows: number;
  gravest: Described;
}

/** What happened, one entry for all anomalies in a row; those of which no anomaly is listed are left out. */
export function incidentsOf(judgement: Judgement, listed: readonly Described[]): JsonObject[] {
  const { rows } = judgement.detection;
  // Rows of others stand between.
  const runs = judgement.rows.tags ? rows.map((_, i) => ({ from: i, end: i + 1 })) : runsOf(rows);
  const ofValues = runs.map(({ from, end }): Incident | null => {
    const [first, last] = [rows[from]!, rows[end - 1]!];
    const told = listed.filter(({ row, until, kind }) => kind !== "gap" && row >= first && until <= last);
    const gravest = gravestOf(told);
    if (gravest === undefined) return null;
    return { from: first, until: last, rows: end - from, gravest };
  });
  const known = ofValues.filter((one) => one !== null);
  const alone = listed
    .filter((one) => one.kind === "gap" || !known.some(({ from, until }) => holds(from, until, one)))
    .map(
      (one): Incident => ({ from: one.row, until: one.until, rows: one.until - one.row + 1, gravest: one }),
    );
  return [...known, ...alone].sort((a, b) => a.from - b.from).map((one) => describe(judgement, one));
}

const holds = (from: number, until: number, { row, until: end }: Described): boolean =>
  row >= from && end <= until;

const gravestOf = (told: readonly Described[]): Described | undefined =>
  told.reduce<Described | undefined>(
    (most, one) => (most && most.ratio >= one.ratio ? most : one),
    undefined,
  );

function describe({ rows: { times } }: Judgement, { from, until, rows, gravest }: Incident): JsonObject {
  const { field, score, alert, message, timestamp } = gravest.json;
  const [start, end] = [formatMicros(times[from]!), formatMicros(times[until]!)];
  const isLasting = rows > 1 && gravest.until === gravest.row;
  return {
    from: start,
    until: end,
    rows,
    kind: gravest.kind,
    field: field!,
    severity: gravest.severity,
    score: score!,
    alert: alert!,
    peak: timestamp!,
    message: isLasting
      ? `${rows} readings from ${start} until ${end}, furthest out at ${String(timestamp)}: ${String(message)}`
      : message!,
  };
}
