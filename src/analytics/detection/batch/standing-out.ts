import type { Prepared } from "./method";
import { medianOf, unitOf } from "./order-statistics";
import { inOwnUnits } from "./prepared";

/** A field of a row that is far from where it usually is. */
export interface Standing {
  field: number;
  value: number;
  usual: number;
  /** In robust standard deviations of the field. */
  distance: number;
}

/** From here on a field is named. */
const FAR = 2.5;

/** Of each row: the field to blame and those that stand out alone, furthest first. */
export function standingOut(
  { columns, fields }: Prepared,
  rows: readonly number[],
  blamed: Uint16Array,
): Standing[][] {
  const usual = fields.map(({ values }) => ({ centre: medianOf(values), unit: unitOf(values) }));
  return rows.map((row) =>
    fields
      .map((field, f): Standing => {
        const { centre, unit } = usual[f]!;
        const band = inOwnUnits(field, row, { expected: centre, lower: null, upper: null });
        return {
          field: f,
          value: columns[f]![row]!,
          usual: band.expected!,
          distance: Math.abs(field.values[row]! - centre) / unit,
        };
      })
      .filter(({ field, distance }) => distance >= FAR || field === blamed[row])
      .sort((a, b) => b.distance - a.distance),
  );
}
