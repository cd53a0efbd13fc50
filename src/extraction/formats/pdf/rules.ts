import { apply, type Matrix, multiply, type Rule, type Rules, upright } from "./geometry";
import { PDF_LIMITS } from "./limits";

/** The operators of a page as pdf.js lists them, with the numbers of those that matter here. */
export interface Operators {
  fnArray: ArrayLike<number>;
  argsArray: ArrayLike<unknown>;
}

export interface OperatorCodes {
  save: number;
  restore: number;
  transform: number;
  constructPath: number;
  paintFormXObjectBegin: number;
  paintFormXObjectEnd: number;
}

const THIN = 3;
const SHORTEST = 6;

/**
 * Ruling lines: paths whose bounding box is thin. pdf.js gives every painted path its bounding box, so neither curves
 * nor single segments are walked; a grid drawn as one path is not seen, and the text alone decides there.
 */
export function rulesOf(list: Operators, codes: OperatorCodes, viewport: Matrix): Rule[] {
  const stack: Matrix[] = [];
  let current = viewport;
  const rules: Rule[] = [];
  for (let i = 0; i < list.fnArray.length && rules.length < PDF_LIMITS.rulesPerPage; i++) {
    const code = list.fnArray[i]!;
    const args = list.argsArray[i] as unknown[] | null;
    if (code === codes.save || code === codes.paintFormXObjectBegin) {
      if (stack.length < 1_000) stack.push(current);
      if (code === codes.paintFormXObjectBegin && isMatrix(args?.[0])) current = multiply(current, args[0]);
    } else if (code === codes.restore || code === codes.paintFormXObjectEnd) current = stack.pop() ?? current;
    else if (code === codes.transform && isMatrix(args)) current = multiply(current, args);
    else if (code === codes.constructPath) {
      const box = args?.[2] as ArrayLike<number> | undefined;
      if (box && box.length === 4) push(box, current, rules);
    }
  }
  return rules;
}

const isMatrix = (value: unknown): value is Matrix =>
  (Array.isArray(value) || ArrayBuffer.isView(value)) &&
  (value as unknown as ArrayLike<number>).length === 6 &&
  Array.from(value as unknown as ArrayLike<number>).every(Number.isFinite);

function push(box: ArrayLike<number>, m: Matrix, rules: Rule[]): void {
  const [ax, ay] = apply(m, box[0]!, box[1]!);
  const [bx, by] = apply(m, box[2]!, box[3]!);
  const x0 = Math.min(ax, bx);
  const x1 = Math.max(ax, bx);
  const y0 = Math.min(ay, by);
  const y1 = Math.max(ay, by);
  if (![x0, x1, y0, y1].every(Number.isFinite)) return;
  if (y1 - y0 <= THIN && x1 - x0 >= SHORTEST) rules.push({ x0, x1, y0: (y0 + y1) / 2, y1: (y0 + y1) / 2 });
  else if (x1 - x0 <= THIN && y1 - y0 >= SHORTEST)
    rules.push({ x0: (x0 + x1) / 2, x1: (x0 + x1) / 2, y0, y1 });
}

/** The rules as they stand when text of so many quarter turns is upright. */
export function turnRules(rules: readonly Rule[], turns: number, width: number, height: number): Rules {
  const turned: Rules = { horizontal: [], vertical: [] };
  for (const rule of rules) {
    const [ax, ay] = upright(turns, width, height, rule.x0, rule.y0);
    const [bx, by] = upright(turns, width, height, rule.x1, rule.y1);
    const placed = {
      x0: Math.min(ax, bx),
      x1: Math.max(ax, bx),
      y0: Math.min(ay, by),
      y1: Math.max(ay, by),
    };
    if (placed.x1 - placed.x0 >= placed.y1 - placed.y0) turned.horizontal.push(placed);
    else turned.vertical.push(placed);
  }
  return turned;
}
