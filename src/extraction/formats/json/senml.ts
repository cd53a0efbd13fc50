import { isObject } from "../../../core/json";

const VALUES = ["v", "vs", "vb", "vd", "s"] as const;
const KNOWN = new Set<string>(["bn", "bt", "bu", "bv", "bs", "bver", "n", "u", "t", "ut", ...VALUES]);
/** A smaller time is relative to that of arrival (RFC 8428, section 4.5.3). */
const ABSOLUTE_FROM = 2 ** 28;

type SenmlRecord = Record<string, unknown>;

/** Whether a list is a pack of sensor measurements as RFC 8428 has it: every name resolves and says something. */
export function isSenml(items: readonly unknown[]): items is SenmlRecord[] {
  const first = items[0];
  return (
    isObject(first) &&
    ["bn", "bt", "bver", "bu"].some((key) => Object.hasOwn(first, key)) &&
    items.every(
      (item) =>
        isObject(item) &&
        Object.keys(item).every((key) => KNOWN.has(key)) &&
        ["n", "bn", ...VALUES].some((key) => Object.hasOwn(item, key)),
    )
  );
}

/**
 * The records of a pack, each by itself (RFC 8428, section 4.6): base fields are added to those that follow, and are gone.
 * A time that is relative to arrival stays one, as `t`; any other is `time`, in seconds since 1970.
 */
export function resolvedSenml(items: readonly SenmlRecord[]): SenmlRecord[] {
  const base = { name: "", time: 0, unit: undefined as unknown, value: 0, sum: 0 };
  return items.flatMap((item) => {
    base.name = typeof item.bn === "string" ? item.bn : base.name;
    base.time = numberOr(item.bt, base.time);
    base.unit = item.bu ?? base.unit;
    base.value = numberOr(item.bv, base.value);
    base.sum = numberOr(item.bs, base.sum);
    if (!VALUES.some((key) => Object.hasOwn(item, key))) return [];
    const time = base.time + numberOr(item.t, 0);
    const { vs, vb, vd } = item;
    return [
      {
        [time >= ABSOLUTE_FROM ? "time" : "t"]: time,
        name: base.name + (typeof item.n === "string" ? item.n : ""),
        unit: item.u ?? base.unit,
        value: typeof item.v === "number" ? item.v + base.value : undefined,
        sum: typeof item.s === "number" ? item.s + base.sum : undefined,
        ...(vs === undefined ? {} : { vs }),
        ...(vb === undefined ? {} : { vb }),
        ...(vd === undefined ? {} : { vd }),
      },
    ];
  });
}

const numberOr = (value: unknown, otherwise: number): number =>
  typeof value === "number" ? value : otherwise;
