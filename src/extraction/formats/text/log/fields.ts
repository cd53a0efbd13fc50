import type { Cell } from "../../source-table";

/** Where the fields of a record stand apart from its message: an object of JSON behind the head, or RFC 5424 data. */
export type FieldSource = "json" | "structured_data";

const MOST_FIELDS = 64;
const SD_PARAM = /([^\s="\]]{1,64})="((?:[^"\\]|\\.)*)"/g;

/** The fields of a record by name, objects in objects one level deep joined by dots; null where it has none. */
export function fieldsIn(source: FieldSource, text: string | null): Map<string, Cell> | null {
  if (text === null) return null;
  return source === "json" ? jsonFields(text) : dataFields(text);
}

function jsonFields(message: string): Map<string, Cell> | null {
  const begin = message.indexOf("{");
  if (begin < 0 || begin > 200 || !message.endsWith("}")) return null;
  let value: unknown;
  try {
    value = JSON.parse(message.slice(begin));
  } catch {
    return null;
  }
  const found = new Map<string, Cell>();
  collect(value as Record<string, unknown>, "", found);
  return found;
}

function collect(object: Record<string, unknown>, prefix: string, found: Map<string, Cell>): void {
  for (const [key, value] of Object.entries(object)) {
    if (found.size >= MOST_FIELDS) return;
    if (value !== null && typeof value === "object" && !Array.isArray(value)) {
      if (prefix === "") collect(value as Record<string, unknown>, `${key}.`, found);
    } else if (["string", "number", "boolean"].includes(typeof value)) found.set(prefix + key, value as Cell);
  }
}

function dataFields(text: string): Map<string, Cell> {
  const found = new Map<string, Cell>();
  for (const [, name, value] of text.matchAll(SD_PARAM)) {
    if (found.size >= MOST_FIELDS) break;
    found.set(name!, value!.replace(/\\(["\\\]])/g, "$1"));
  }
  return found;
}

/** The fields that deserve a column: in at least a twentieth of the records, at most {@link MOST_FIELDS}. */
export function fieldNames(source: FieldSource, texts: readonly (string | null)[]): string[] {
  const counts = new Map<string, number>();
  let records = 0;
  for (const text of texts) {
    const found = fieldsIn(source, text);
    if (!found) continue;
    records++;
    for (const name of found.keys())
      if (counts.size < 2_000 || counts.has(name)) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  if (source === "json" && records < texts.length * 0.8) return [];
  return [...counts]
    .filter(([, count]) => count >= records / 20)
    .slice(0, MOST_FIELDS)
    .map(([name]) => name);
}
