import { parseNumber } from "../../infer/numbers";
import { isTimeReading } from "../../infer/reading";
import { KIND, type Kind, readFormat } from "../xlsx/number-format";

export interface ExactValue {
  kind: Kind;
  value: number;
  fraction: boolean;
}

/**
 * The value that a spreadsheet program wrote beside what a cell shows: Excel (`x:num`), LibreOffice (`sdval` with its format
 * in `sdnum`), SheetJS (`data-v` with its format in `data-z`). It has all digits, and tells day from month. Null where there
 * is none, or where what is shown says more, as a percentage does.
 */
export function exactValue(attributes: ReadonlyMap<string, string>, shown: string): ExactValue | null {
  const written =
    attributes.get("x:num") ??
    attributes.get("sdval") ??
    (attributes.get("data-t") === "n" ? attributes.get("data-v") : undefined);
  if (written === undefined || written.trim() === "") return null;
  const value = Number(written);
  if (!Number.isFinite(value)) return null;
  const code = attributes.get("data-z") ?? codeOf(attributes.get("sdnum"));
  const format = code === undefined ? null : readFormat(code);
  if (format && format.kind !== KIND.number) return { ...format, value };
  const isPlain =
    !isTimeReading(shown) && (parseNumber(shown, US) ?? parseNumber(shown, EU)) !== null && !/%/.test(shown);
  return isPlain ? { kind: KIND.number, value, fraction: false } : null;
}

const US = { decimal: ".", group: "," } as const;
const EU = { decimal: ",", group: "." } as const;

/** The format's code behind the two languages of `1033;0;MM/DD/YYYY`. */
const codeOf = (sdnum: string | undefined): string | undefined =>
  sdnum === undefined ? undefined : /^\d*;\d*;(.{1,200})$/.exec(sdnum)?.[1];
