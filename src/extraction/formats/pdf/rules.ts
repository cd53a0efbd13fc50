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
  endPath: number;
  stroke: number;
  closeStroke: number;
  fillStroke: number;
  eoFillStroke: number;
  closeFillStroke: number;
  closeEOFillStroke: number;
}

const THIN = 3;
const SHORTEST = 6;

/**
 * Ruling lines of a page: straight strokes along the page's sides, those of boxes and grids too, and filled boxes that are
 * thin. What only clips is not seen on the page and is none.
 */
export function rulesOf(list: Operators, codes: OperatorCodes, viewport: Matrix): Rule[] {
  const strokes = strokesOf(codes);
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
    else if (code === codes.constructPath && args !== null && args[0] !== codes.endPath)
      pushPath(args, strokes.has(args[0] as number), current, rules);
  }
  return rules;
}

const strokesOf = (codes: OperatorCodes): ReadonlySet<number> =>
  new Set([
    codes.stroke,
    codes.closeStroke,
    codes.fillStroke,
    codes.eoFillStroke,
    codes.closeFillStroke,
    codes.closeEOFillStroke,
  ]);

const isMatrix = (value: unknown): value is Matrix =>
  (Array.isArray(value) || ArrayBuffer.isView(value)) &&
  (value as unknown as ArrayLike<number>).length === 6 &&
  Array.from(value as unknown as ArrayLike<number>).every(Number.isFinite);

/** A path as pdf.js lists it: how it is painted, its segments in one array, its bounding box. */
function pushPath(args: readonly unknown[], stroked: boolean, m: Matrix, rules: Rule[]): void {
  const box = args[2] as ArrayLike<number> | null | undefined;
  if (box?.length !== 4) return;
  const before = rules.length;
  pushBox(box[0]!, box[1]!, box[2]!, box[3]!, m, rules);
  const data = (args[1] as unknown[] | undefined)?.[0];
  if (rules.length > before || !ArrayBuffer.isView(data)) return;
  const segments = data as unknown as ArrayLike<number>;
  // Outlines of maps and letters have thousands of segments, and no tables.
  if (segments.length <= PDF_LIMITS.pathNumbers) pushSegments(segments, stroked, m, rules);
}

/** Segments in pdf.js' notation (DrawOPS): 0 move, 1 line, 2 cubic and 3 quadratic curve, 4 close. */
const OPERANDS = [2, 2, 6, 4, 0];

/** The lines of a stroked path; of a filled one its parts as boxes, where they have no curves. */
function pushSegments(data: ArrayLike<number>, stroked: boolean, m: Matrix, rules: Rule[]): void {
  let part: [number, number][] = [];
  let straight = true;
  const close = () => {
    if (!stroked && straight && part.length > 1) {
      const xs = part.map(([x]) => x);
      const ys = part.map(([, y]) => y);
      pushBox(Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys), m, rules);
    }
    part = [];
    straight = true;
  };
  const lineTo = (point: [number, number]) => {
    const from = part.at(-1);
    if (stroked && from) pushBox(from[0], from[1], point[0], point[1], m, rules);
    part.push(point);
  };
  for (let i = 0; i < data.length; ) {
    const code = data[i++]!;
    const operands = OPERANDS[code];
    if (operands === undefined || i + operands > data.length) return;
    const end: [number, number] = [data[i + operands - 2]!, data[i + operands - 1]!];
    i += operands;
    if (code === 0) {
      close();
      part.push(end);
    } else if (code === 1) lineTo(end);
    else if (code === 4) {
      if (part.length > 1) lineTo(part[0]!);
    } else {
      straight = false;
      part.push(end);
    }
  }
  close();
}

/** A box that is thin on the page is a rule. The corners may come in any order. */
function pushBox(ax: number, ay: number, bx: number, by: number, m: Matrix, rules: Rule[]): void {
  const [px, py] = apply(m, ax, ay);
  const [qx, qy] = apply(m, bx, by);
  const x0 = Math.min(px, qx);
  const x1 = Math.max(px, qx);
  const y0 = Math.min(py, qy);
  const y1 = Math.max(py, qy);
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
  return { horizontal: joinRules(turned.horizontal, "x"), vertical: joinRules(turned.vertical, "y") };
}

/** Rules that touch or go on with each other along one line, as one. Cells drawn one by one bring two rules for a side. */
export function joinRules(rules: readonly Rule[], along: "x" | "y"): Rule[] {
  const [from, to, at] = along === "x" ? (["x0", "x1", "y0"] as const) : (["y0", "y1", "x0"] as const);
  const lanes = new Map<number, Rule>();
  const joined: Rule[] = [];
  for (const rule of [...rules].sort((a, b) => a[from] - b[from])) {
    const lane = Math.round(rule[at]);
    const open = [lane, lane - 1, lane + 1]
      .map((key) => lanes.get(key))
      .find((last) => last && Math.abs(last[at] - rule[at]) <= 1 && rule[from] <= last[to] + 1.5);
    if (open) open[to] = Math.max(open[to], rule[to]);
    else {
      const own = { ...rule };
      joined.push(own);
      lanes.set(lane, own);
    }
  }
  return joined;
}
