import type { Cell } from "../../source-table";
import { ALL, MOST } from "./head-columns";
import { RECOGNISERS, strictLevel } from "./slots";

/** What of a head does not stand in front of the message, each with its column; null where it does, or is missing. */
export interface OutsideHead {
  /** Who speaks, in parentheses at the end of the line, as patterns like `%m (%c)` have it. */
  component: number | null;
  /** The level, at the beginning of the line below, as java.util.logging has it. */
  level: number | null;
}

/** A record of the sample: the first line of its message, and the line that follows it where that goes on. */
export interface HeadedMessage {
  message: string;
  below: string | null;
}

const TAIL = /\s\(([A-Za-z_$][\w$]{0,60}(?:\.[\w$]{1,60}){1,12})\)$/;

/** Decides over the records of a sample; names of new columns are put behind those of `columns`. */
export function decideOutsideHead(columns: string[], records: readonly HeadedMessage[]): OutsideHead {
  const isOften = (test: (record: HeadedMessage) => boolean, least: number) =>
    records.length > 0 && records.filter(test).length >= records.length * least;
  const place = (name: string, often: boolean) =>
    columns.some((column) => column.startsWith(name)) || !often ? null : columns.push(name) - 1;
  return {
    component: place(
      "component",
      isOften(({ message }) => TAIL.test(message), ALL),
    ),
    level: place(
      "level",
      isOften(({ below }) => below !== null && strictLevel(below, 0), MOST),
    ),
  };
}

/** Takes what ends a message into its cell, and gives what the message is without it. */
export function takeTail({ component }: OutsideHead, message: string, cells: Cell[]): string {
  const match = component === null ? null : TAIL.exec(message);
  if (!match) return message;
  cells[component!] = match[1]!;
  return message.slice(0, match.index);
}

/** Takes the level that begins the line below a head into its cell, and gives what the line is without it. */
export function takeLevel({ level }: OutsideHead, line: string, cells: Cell[]): string {
  if (level === null || cells[level] !== null || !strictLevel(line, 0)) return line;
  const found = RECOGNISERS.level(line, 0)!;
  cells[level] = found.parts[0]!;
  return line.slice(found.end).trimStart();
}
