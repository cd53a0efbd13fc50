import type { TablePlan } from "./contract";

/** The tag that tells tables of one stream apart, by where they stand. */
const tagFor = ({ place }: TablePlan): string =>
  place?.sheet !== undefined ? "sheet" : place?.file !== undefined ? "file" : "table";

/**
 * Says of several tables which stream they go to: tables of equal columns share one and are told apart by a tag; each
 * other group has a stream of its own. The first group has the stream's own id.
 */
export function arrange(plans: readonly TablePlan[]): TablePlan[] {
  if (plans.length <= 1) return [...plans];
  const groups = new Map<string, TablePlan[]>();
  for (const plan of plans) {
    const key = columnsKey(plan);
    groups.set(key, [...(groups.get(key) ?? []), plan]);
  }
  const suffixes = new Set<string>();
  const arranged = new Map<TablePlan, TablePlan>();
  [...groups.values()].forEach((group, at) => {
    const suffix = at === 0 ? null : distinctSuffix(group[0]!.name, suffixes);
    const labels = distinctLabels(group);
    group.forEach((plan, i) => {
      arranged.set(plan, {
        ...plan,
        ...(suffix === null ? {} : { stream_suffix: suffix }),
        ...(group.length === 1 ? {} : { tags: { [tagName(plan)]: labels[i]! } }),
      });
    });
  });
  return plans.map((plan) => arranged.get(plan)!);
}

/** Tables are alike where the same columns are kept for the same purposes, in whatever order. */
const columnsKey = ({ columns, timestamp }: TablePlan): string =>
  JSON.stringify([
    timestamp === null,
    columns
      .filter(({ role }) => role !== "ignored")
      .map(({ name, role }) => `${role} ${name}`)
      .sort(),
  ]);

function tagName(plan: TablePlan): string {
  const wanted = tagFor(plan);
  return plan.columns.some(({ name }) => name === wanted) ? `${wanted}_name` : wanted;
}

function distinctLabels(group: readonly TablePlan[]): string[] {
  const taken = new Set<string>();
  return group.map(({ name }) => {
    let label = name.slice(0, 240);
    for (let n = 2; taken.has(label); n++) label = `${name.slice(0, 240)} (${n})`;
    taken.add(label);
    return label;
  });
}

function distinctSuffix(name: string, taken: Set<string>): string {
  const clean =
    name
      .normalize("NFKD")
      .replace(/[^A-Za-z0-9_.:-]+/g, "_")
      .replace(/^_+|_+$/g, "")
      .slice(0, 56) || "table";
  let suffix = clean;
  for (let n = 2; taken.has(suffix); n++) suffix = `${clean}_${n}`;
  taken.add(suffix);
  return suffix;
}
