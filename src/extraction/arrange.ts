import type { TablePlan } from "./contract";

/** The tag that tells tables of one stream apart, by where they stand. */
const tagFor = ({ place }: TablePlan): string =>
  place?.sheet !== undefined ? "sheet" : place?.file !== undefined ? "file" : "table";

/**
 * Says of several tables which stream they go to: tables of equal columns share one, each other group has one of its
 * own, and the first group that of the upload. Rows say by a tag which table they are from.
 */
export function arrange(plans: readonly TablePlan[]): TablePlan[] {
  if (plans.length <= 1) return [...plans];
  const labels = distinctLabels(plans);
  const groups = new Map<string, TablePlan[]>();
  for (const plan of plans) {
    const key = columnsKey(plan);
    groups.set(key, [...(groups.get(key) ?? []), plan]);
  }
  const suffixes = new Set<string>();
  const arranged = new Map<TablePlan, TablePlan>();
  [...groups.values()].forEach((group, at) => {
    const suffix = at === 0 ? null : distinctSuffix(group[0]!.name, suffixes);
    for (const plan of group) {
      const tags = { [tagName(plan)]: labels[plans.indexOf(plan)]! };
      arranged.set(plan, { ...plan, ...(suffix === null ? {} : { stream_suffix: suffix }), tags });
    }
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

function distinctLabels(plans: readonly TablePlan[]): string[] {
  const taken = new Set<string>();
  return plans.map(({ name }) => {
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
