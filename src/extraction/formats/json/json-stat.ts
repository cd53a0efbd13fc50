import { isObject } from "../../../core/json";
import { type RecordList, Records } from "./record-sequence";

/** A dimension of a cube: its name, and the codes and labels of its categories in their order. */
interface Dimension {
  name: string;
  codes: string[];
  labels: string[];
}

/** Cells of a cube that are read. */
const MOST_CELLS = 2_000_000;

/**
 * A cube of statistics as JSON-stat writes it (json-stat.org, 2.0 and 1.x): values in row-major order of the
 * dimensions that `id` and `size` name, as a list or by their places. One record for each value, or null.
 */
export function asJsonStat(node: Record<string, unknown>, path: string): RecordList | null {
  const { dimension, value } = node;
  if (!isObject(dimension) || (!Array.isArray(value) && !isObject(value))) return null;
  const id = node.id ?? dimension.id;
  const size = node.size ?? dimension.size;
  if (!Array.isArray(id) || !Array.isArray(size) || id.length !== size.length || id.length === 0) return null;
  const dimensions = id.flatMap((name, i) => dimensionOf(dimension[name as string], name, size[i]) ?? []);
  if (dimensions.length !== id.length) return null;
  const cells = dimensions.reduce((product, { codes }) => product * codes.length, 1);
  if (cells > MOST_CELLS || (Array.isArray(value) && value.length !== cells)) return null;
  const places = Array.isArray(value)
    ? value.map((_, at) => at)
    : Object.keys(value)
        .map(Number)
        .filter((at) => Number.isInteger(at) && at >= 0 && at < cells);
  const at = value as Record<number, unknown>;
  const records = Records.made(places.length, (i) => [...labelsAt(dimensions, places[i]!), at[places[i]!]]);
  const columns = [...dimensions.map(({ name }) => name), "value"];
  return { path, records, columns, kind: "columns", units: {} };
}

function dimensionOf(dimension: unknown, name: unknown, size: unknown): Dimension | null {
  if (!isObject(dimension) || typeof name !== "string" || !isObject(dimension.category)) return null;
  const { index, label } = dimension.category;
  const named = isObject(label) ? label : {};
  const codes = Array.isArray(index)
    ? index.map(String)
    : isObject(index)
      ? Object.keys(index).sort((a, b) => Number(index[a]) - Number(index[b]))
      : Object.keys(named);
  if (codes.length !== size) return null;
  // A time is told by its codes ("2024M03"), anything else by what people call it.
  const isTime = /time|period|year|month|date|tid|jahr|monat|zeit/i.test(name);
  const labels = codes.map((code) =>
    !isTime && typeof named[code] === "string" ? (named[code] as string) : code,
  );
  return { name, codes, labels };
}

/** The categories at a place of the values: the last dimension turns fastest. */
function labelsAt(dimensions: readonly Dimension[], place: number): string[] {
  const labels: string[] = [];
  let rest = place;
  for (let i = dimensions.length - 1; i >= 0; i--) {
    const own = dimensions[i]!.labels;
    labels.unshift(own[rest % own.length]!);
    rest = Math.floor(rest / own.length);
  }
  return labels;
}
