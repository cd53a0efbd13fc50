import { fail } from "../../core/errors";

/** The place of a row in the order of an answer: time, then tag set (or group), then ordinal. */
export interface Place {
  timeMicros: number;
  tagSet: number;
  ordinal: number;
}

export const placeText = ({ timeMicros, tagSet, ordinal }: Place): string =>
  `${timeMicros}_${tagSet}_${ordinal}`;

/** The place that a cursor names; fails with `invalid_request` where it names none. */
export function placeOf(cursor: string): Place {
  const match = /^(-?\d{1,17})_(\d{1,10})_(\d{1,10})$/.exec(cursor);
  if (!match) throw badCursor();
  return { timeMicros: Number(match[1]), tagSet: Number(match[2]), ordinal: Number(match[3]) };
}

export const badCursor = () =>
  fail("invalid_request", "The cursor is not one that this list gave.", {
    errors: [{ pointer: "#/query/cursor", message: "not a cursor of this list" }],
  });

/** Negative where `a` comes before `b`. */
export const comparePlaces = (a: Place, b: Place): number =>
  a.timeMicros - b.timeMicros || a.tagSet - b.tagSet || a.ordinal - b.ordinal;
