// Families of data, each a manner of writing that a reader of any data meets. A family makes `{body, table}` from
// randomness: `body` is text or bytes, `table` what it says (tables.mjs). Of a table may be said that it is `unnamed`: its
// columns are known by their places; and which rows are `timeless`. A column is `unnamed` where any name for it will do.
import { BESIDE_FAMILIES } from "./families-beside.mjs";
import { CSV_FAMILIES } from "./families-csv.mjs";
import { DEVICE_FAMILIES } from "./families-devices.mjs";
import { HARD_FAMILIES } from "./families-hard.mjs";
import { LOG_FAMILIES } from "./families-logs.mjs";
import { NAME_FAMILIES } from "./families-names.mjs";
import { ODD_TIME_FAMILIES } from "./families-odd-times.mjs";
import { SHAPE_FAMILIES } from "./families-shapes.mjs";
import { TIME_FAMILIES } from "./families-times.mjs";
import { Random } from "./random.mjs";

export const FAMILIES = {
  ...TIME_FAMILIES,
  ...CSV_FAMILIES,
  ...SHAPE_FAMILIES,
  ...HARD_FAMILIES,
  ...ODD_TIME_FAMILIES,
  ...NAME_FAMILIES,
  ...BESIDE_FAMILIES,
  ...LOG_FAMILIES,
  ...DEVICE_FAMILIES,
};

/** So many cases of each family, the same for the same seed. */
export function* casesOf(seed, perFamily, names = Object.keys(FAMILIES)) {
  for (const family of names)
    for (let k = 0; k < perFamily; k++)
      yield { family, id: `${family}/${k}`, ...FAMILIES[family](new Random(`${seed}/${family}/${k}`)) };
}
