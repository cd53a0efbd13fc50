import { isObject } from "../../../core/json";
import { EXTRACTION_LIMITS } from "../../limits";
import type { Cell } from "../source-table";

interface Place {
  value: unknown;
  path: string;
  depth: number;
}

export const joinPath = (path: string, key: string): string => (path === "" ? key : `${path}.${key}`);

/** The cells of a record with names that join nested keys by dots. Short lists of numbers are numbered, other lists are text. */
export function flatten(value: unknown, put: (name: string, cell: Cell) => void): void {
  const stack: Place[] = [{ value, path: "", depth: 0 }];
  while (stack.length > 0) {
    const { value: at, path, depth } = stack.pop()!;
    if (isObject(at) && depth < EXTRACTION_LIMITS.jsonDepth) {
      const position = pointOf(at);
      if (position) {
        for (const [i, number] of position.entries()) put(AXES[i]!, number);
        continue;
      }
      const entries = Object.entries(at);
      for (let i = entries.length - 1; i >= 0; i--)
        stack.push({ value: entries[i]![1], path: joinPath(path, entries[i]![0]), depth: depth + 1 });
    } else if (Array.isArray(at)) {
      const numbered = at.length <= 4 && at.every((item) => typeof item === "number");
      if (numbered && path !== "") for (const [i, item] of at.entries()) put(`${path}.${i}`, item as number);
      else put(path || "value", JSON.stringify(at).slice(0, 16_000));
    } else if (isObject(at)) put(path, JSON.stringify(at).slice(0, 16_000));
    else put(path || "value", scalarCell(at));
  }
}

const AXES = ["longitude", "latitude", "elevation"] as const;

/** The position of a GeoJSON point (RFC 7946, section 3.1.1: longitude first), or null for any other object. */
function pointOf(value: Record<string, unknown>): number[] | null {
  const { type, coordinates, ...rest } = value;
  if (type !== "Point" || !Array.isArray(coordinates) || Object.keys(rest).length > 0) return null;
  const fits = coordinates.length >= 2 && coordinates.length <= 3;
  return fits && coordinates.every((one) => typeof one === "number") ? (coordinates as number[]) : null;
}

export const scalarCell = (value: unknown): Cell =>
  typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? value : null;
