import { inRange } from "../core/timestamps";
import { STREAM_LIMITS as LIMITS, type Point } from "./contract";
import { textsBytes } from "./text-bytes";

/** Why the point can't be stored, or null where it can. */
export function whyInvalid(point: Point): string | null {
  if (point.timestamp !== null && !(Number.isInteger(point.timestamp) && inRange(point.timestamp))) {
    return "the time is outside the years 1685 to 2254";
  }
  return (
    emptyFault(point) ??
    fieldsFault(point.fields) ??
    tagsFault(point.tags) ??
    (point.attributes ? attributesFault(point.attributes) : null)
  );
}

/** Texts and categories alone are a row: a line of a log is one. */
function emptyFault({ fields, tags, attributes }: Point): string | null {
  for (const part of [fields, tags, attributes]) for (const _ in part) return null;
  return "the row has neither a number nor a text";
}

function fieldsFault(fields: Point["fields"]): string | null {
  let count = 0;
  for (const name in fields) {
    count++;
    const fault = nameFault("field", name);
    if (fault) return fault;
    if (!Number.isFinite(fields[name])) return `the field ${shown(name)} is not a finite number`;
  }
  return count > LIMITS.fieldsPerRow ? `a row has at most ${LIMITS.fieldsPerRow} fields` : null;
}

function tagsFault(tags: Point["tags"]): string | null {
  let count = 0;
  for (const name in tags) {
    count++;
    const fault = nameFault("tag", name);
    if (fault) return fault;
    if (tags[name]!.length > LIMITS.tagValueChars) {
      return `the tag ${shown(name)} has more than ${LIMITS.tagValueChars} characters`;
    }
  }
  return count > LIMITS.tagsPerRow ? `a row has at most ${LIMITS.tagsPerRow} tags` : null;
}

function attributesFault(attributes: Record<string, string>): string | null {
  let count = 0;
  for (const name in attributes) {
    count++;
    const fault = nameFault("attribute", name);
    if (fault) return fault;
    if (attributes[name]!.length > LIMITS.attributeChars)
      return `the text ${shown(name)} has more than ${LIMITS.attributeChars} characters`;
  }
  if (count > LIMITS.attributesPerRow) return `a row has at most ${LIMITS.attributesPerRow} texts`;
  // A row goes into a frame of its own at worst, and a frame into one stored value of 2 MB.
  return textsBytes(attributes) > LIMITS.frameBytes
    ? `the texts of a row take together more than ${LIMITS.frameBytes} bytes as JSON`
    : null;
}

/** Whether a field, tag or attribute may have the name. As a key of a plain object `__proto__` is lost without a trace. */
export const isName = (name: string): boolean =>
  name !== "" && name !== "__proto__" && name.length <= LIMITS.nameChars;

function nameFault(kind: string, name: string): string | null {
  if (isName(name)) return null;
  if (name === "") return `a ${kind} has no name`;
  if (name === "__proto__") return `a ${kind} cannot be named "__proto__"`;
  return `a ${kind}'s name has more than ${LIMITS.nameChars} characters`;
}

const shown = (name: string): string => `"${name.slice(0, 60)}"`;

/** Equal tag sets have equal keys, whatever the order of their names. */
export function tagSetKey(tags: Record<string, string>): string {
  const names = Object.keys(tags);
  if (names.length === 0) return "{}";
  if (names.length > 1) names.sort();
  return `{${names.map((name) => `${JSON.stringify(name)}:${JSON.stringify(tags[name])}`).join(",")}}`;
}
