import { isObject } from "../../../core/json";

/** Names in a list beside the rows: `columns`, `fields`, `headers`, of strings or of objects with a name. */
export function namesBeside(parent: unknown, root: unknown, count: number): string[] | null {
  const queue: unknown[] = [parent, root];
  for (let i = 0; i < queue.length && i < 200; i++) {
    const node = queue[i];
    if (!isObject(node)) continue;
    for (const [key, value] of Object.entries(node)) {
      if (
        Array.isArray(value) &&
        value.length === count &&
        /^(?:columns?|fields?|headers?|names|schema|keys)$/i.test(key)
      ) {
        const names = value.map((item) =>
          isObject(item) ? (item.name ?? item.id ?? item.field ?? item.title) : item,
        );
        if (names.every((name) => typeof name === "string")) return names as string[];
      } else if (isObject(value)) queue.push(value);
    }
  }
  return null;
}
