import { fail } from "../../../core/errors";
import { findHead, type Head } from "./head";
import { WORKBOOK_LIMITS } from "./limits";
import type { Area } from "./reference";
import { Region } from "./region";
import type { Sheet } from "./sheet";
import { isSameTitle, nearestTitle } from "./titles";

/** How often a part of a sheet is cut again: side by side, one below the other, side by side … */
const CUTS = 6;
/** Rows of a block that is no table of its own: a title, a date of printing, who made it. */
const TITLE_ROWS = 12;
/** Rows with so many gaps are one table that is written loosely. */
const BLOCKS = 500;

const WHOLE: Area = {
  top: 0,
  left: 0,
  bottom: WORKBOOK_LIMITS.rows - 1,
  right: WORKBOOK_LIMITS.columns - 1,
};

/** A part of a sheet that is a table, with the blocks above it that hold its title and what goes with that. */
export interface FoundTable {
  body: Region;
  titles: readonly Region[];
}

/**
 * The tables of a sheet: parts with nothing filled between them, in reading order. After the recursive X-Y cut of
 * document analysis (Nagy, Seth: "Hierarchical representation of optically scanned documents", 1984), with rows of
 * blanks inside of a table told from those between two.
 */
export function findTables(sheet: Sheet): FoundTable[] {
  const whole = Region.within(sheet.cells, WHOLE);
  return whole === null ? [] : cut(whole, sheet, CUTS);
}

function cut(region: Region, sheet: Sheet, cuts: number): FoundTable[] {
  if (cuts === 0) return [alone(region)];
  const beside = besideEachOther(region);
  if (beside.length > 1) return beside.flatMap((part) => cut(part, sheet, cuts - 1));
  return belowEachOther(region, sheet, cuts);
}

const alone = (body: Region): FoundTable => ({ body, titles: [] });

const part = (region: Region, area: Partial<Area>): Region | null =>
  Region.within(region.cells, { ...region.area, ...area });

/** Columns without an empty one between them. */
interface Band {
  left: number;
  right: number;
  top: number;
  bottom: number;
  /** Filled rows, where it is a single column. */
  filled: number;
}

/** Parts with an empty column between them. Throws `payload_too_large` where they are more than the tables of a sheet. */
function besideEachOther(region: Region): Region[] {
  const bands: Band[] = [];
  region.columnExtents().forEach((extent, at) => {
    const column = region.columns[at]!;
    const last = bands.at(-1);
    if (last && column === last.right + 1) widen(last, { ...extent, left: column, right: column });
    else bands.push({ ...extent, left: column, right: column });
  });
  const joined: Band[] = [];
  for (const band of bands) {
    const before = joined.at(-1);
    if (before && areOne(before, band)) widen(before, band);
    else joined.push(band);
  }
  if (joined.length === 1) return [region];
  if (joined.length > WORKBOOK_LIMITS.tables) throw tooManyTables();
  return joined.map(({ left, right }) => part(region, { left, right })!);
}

function widen(band: Band, { right, top, bottom }: Band): void {
  band.right = right;
  band.top = Math.min(band.top, top);
  band.bottom = Math.max(band.bottom, bottom);
}

/**
 * A single column belongs to the part beside it where it begins in the same row, as columns of a report do that are set
 * apart by empty ones, and where it is no more than a title or remark.
 */
function areOne(left: Band, right: Band): boolean {
  const lone = left.left === left.right ? left : right.left === right.right ? right : null;
  if (lone === null) return false;
  if (lone.filled <= 2) return true;
  const other = lone === left ? right : left;
  const isAbove = lone.bottom < other.top && lone.filled <= TITLE_ROWS;
  return isAbove || left.top === right.top;
}

export const tooManyTables = () =>
  fail("payload_too_large", `A sheet of the workbook has more than ${WORKBOOK_LIMITS.tables} tables.`);

/** Runs of rows with an empty one between them; the region as it is where they are very many. */
function blocksOf(region: Region): Region[] {
  const ends: number[] = [];
  for (let i = 1; i <= region.rows.length; i++)
    if (i === region.rows.length || region.rowNumber(i) !== region.rowNumber(i - 1) + 1) ends.push(i);
  if (ends.length === 1 || ends.length > BLOCKS) return [region];
  return ends.map((end, at) => {
    const top = region.rowNumber(at === 0 ? 0 : ends[at - 1]!);
    return part(region, { top, bottom: region.rowNumber(end - 1) })!;
  });
}

/** A table that is being put together from blocks, with the head its first one gave. */
interface Growing {
  bottom: number;
  head: Head;
  area: Area;
  titles: Region[];
  title: string;
}

function belowEachOther(region: Region, sheet: Sheet, cuts: number): FoundTable[] {
  const blocks = blocksOf(region);
  if (blocks.length === 1) return [alone(region)];
  const found: FoundTable[] = [];
  let current: Growing | null = null;
  /** Blocks that are no table: titles of the next one or remarks on the last. */
  let between: Region[] = [];
  const close = (table: Growing, remarks: readonly Region[]) => {
    const bottom = remarks.at(-1)?.area.bottom ?? table.bottom;
    found.push({ body: part(region, { top: table.area.top, bottom })!, titles: table.titles });
    current = null;
  };
  for (const block of blocks) {
    const parts = besideEachOther(block);
    if (parts.length > 1) {
      const titles: Region[] = current ? [] : between;
      if (current) close(current, between);
      between = [];
      const [first, ...others] = parts.flatMap((one) => cut(one, sheet, cuts - 1));
      // Lines above tables that stand side by side are those of the first one.
      found.push({ body: first!.body, titles: [...titles, ...first!.titles] }, ...others);
      continue;
    }
    const head = findHead(block, sheet.merges);
    if (!isTable(block, head)) between.push(block);
    else if (current && goesOn(current, block, head, between)) {
      current.bottom = block.area.bottom;
      between = [];
    } else {
      const split: number = current ? between.findLastIndex((one) => !isTitle(one)) + 1 : 0;
      if (current) close(current, between.slice(0, split));
      const titles = between.slice(split);
      const title = nearestTitle(block, head.top, titles);
      current = { bottom: block.area.bottom, head, area: block.area, titles, title };
      between = [];
    }
  }
  if (current) close(current, between);
  else if (between.length > 0) found.push(alone(part(region, { top: between[0]!.area.top })!));
  return found;
}

/** One or two lines of a cell each, not said to be a source or note. */
function isTitle(block: Region): boolean {
  if (block.rows.length > TITLE_ROWS) return false;
  for (let i = 0; i < block.rows.length; i++) if (block.filled(i) > 2) return false;
  return !REMARK.test(String(block.row(0).find((cell) => cell !== null) ?? "").slice(0, 40));
}

const REMARK =
  /^\s*(?:\*|†|\[?\d+[\])]|notes?\b|sources?\b|quelle|anmerkung|hinweis|fuente|nota\b|remarque)/i;

/** Names over rows, or rows enough of one width to be a table without names. */
function isTable(block: Region, head: Head): boolean {
  const count = block.rows.length;
  if (block.columns.length === 2 && (count < 3 || isForm(block))) return false;
  if (block.columns.length === 1) return count >= 3 && (head.contrasts || count > TITLE_ROWS);
  if (head.top >= 0 && head.contrasts && count > head.firstData) return true;
  let wide = 0;
  for (let i = 0; i < Math.min(count, 50); i++) if (block.filled(i) >= 2) wide++;
  return count >= 3 && wide >= Math.min(count, 50) * 0.6;
}

/** Labels with what they say beside them: "Customer:", "ACME". */
function isForm(block: Region): boolean {
  for (let i = 0; i < block.rows.length; i++) {
    const [label] = i < TITLE_ROWS ? block.row(i) : [];
    if (typeof label !== "string" || !label.trimEnd().endsWith(":")) return false;
  }
  return true;
}

/** Rows after a gap belong to the table above unless they bring another title over names, other names or other columns. */
function goesOn(
  { head, area, title }: Growing,
  block: Region,
  its: Head,
  between: readonly Region[],
): boolean {
  if (block.area.left < area.left || block.area.right > area.right) return false;
  if (its.top < 0 || !its.contrasts) return true;
  const own = nearestTitle(block, its.top, between.filter(isTitle));
  if (own !== "" && !isSameTitle(own, title)) return false;
  const names = its.names.filter((name) => name !== "");
  return names.every((name) => head.names.includes(name));
}
