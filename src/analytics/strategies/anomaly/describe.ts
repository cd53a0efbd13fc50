import type { JsonObject } from "../../../core/json";
import { formatMicros } from "../../../core/timestamps";
import type { Anomaly } from "../../detection/batch/anomaly";
import type { HistoryKind } from "../../detection/kinds";
import { isAtLeast, type Severity, scoreOf, severityOf } from "../../detection/severity";
import { finite } from "../result";
import type { AnomalyConfig } from "./config";
import type { Judgement } from "./judge";
import { sentenceOf, silenceOf } from "./sentence";

/** An anomaly as it is answered, and the rows it holds for. */
export interface Described {
  row: number;
  /** The last row, where it is more than one. */
  until: number;
  ratio: number;
  severity: Severity;
  kind: HistoryKind;
  json: JsonObject;
}

type Finding = Pick<Described, "row" | "until" | "ratio" | "kind"> & {
  field: number;
  expected: number | null;
  lower: number | null;
  upper: number | null;
  message: string;
  more?: JsonObject;
};

/** Everything found, in order of time. */
export function describeAll(config: AnomalyConfig, judgement: Judgement): Described[] {
  const { detection } = judgement;
  const findings = [
    ...detection.anomalies.map((one) => ofValue(judgement, one)),
    ...flatLines(judgement),
    ...gaps(judgement),
  ];
  return findings.sort((a, b) => a.row - b.row).map((finding) => described(config, judgement, finding));
}

function described(config: AnomalyConfig, { rows }: Judgement, finding: Finding): Described {
  const { row, until, ratio, kind, field, expected, lower, upper, message, more } = finding;
  const severity = severityOf(ratio);
  const json: JsonObject = {
    timestamp: formatMicros(rows.times[row]!),
    field: rows.fields[field]!,
    value: finite(rows.columns[field]![row]!),
    expected: finite(expected),
    bounds: { lower: finite(lower), upper: finite(upper) },
    score: scoreOf(ratio),
    severity,
    alert: isAtLeast(severity, config.alert_level),
    kind,
    message,
    ...(rows.tags ? { tags: rows.tags[row]! } : {}),
    ...more,
  };
  return { row, until, ratio, severity, kind, json };
}

function ofValue({ rows }: Judgement, anomaly: Anomaly): Finding {
  const { row, ratio, kind, field, expected, lower, upper, standing } = anomaly;
  const fields = standing.map((one) => ({
    field: rows.fields[one.field]!,
    value: finite(one.value),
    usual: finite(one.usual),
    distance: finite(one.distance),
  }));
  return {
    row,
    until: row,
    ratio,
    kind,
    field,
    expected,
    lower,
    upper,
    message: sentenceOf(rows, anomaly),
    ...(rows.fields.length > 1 ? { more: { fields } } : {}),
  };
}

const WITHOUT_BAND = { expected: null, lower: null, upper: null };

function flatLines({ flatLines: lines, rows }: Judgement): Finding[] {
  return lines.map(({ row, rows: count, ratio, field }) => {
    const until = row + count - 1;
    const value = rows.columns[field]![row]!;
    const message = sentenceOf(rows, { kind: "flat_line", field, value, count, ...WITHOUT_BAND });
    const more = { until: formatMicros(rows.times[until]!), rows: count };
    return { row, until, ratio, kind: "flat_line", field, message, more, ...WITHOUT_BAND };
  });
}

function gaps({ gaps: silences, rows }: Judgement): Finding[] {
  return silences.map(({ row, missing, ratio }) => {
    const since = rows.times[row - 1]!;
    const message = silenceOf(since, rows.times[row]!, missing);
    const more = { since: formatMicros(since), missing };
    return { row, until: row, ratio, kind: "gap", field: 0, message, more, ...WITHOUT_BAND };
  });
}
