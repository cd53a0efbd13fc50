import type { ColumnRole, ColumnType } from "../contract";
import type { ColumnProfile } from "./columns";
import { plausibleEpochUnit } from "./epoch";
import {
  identifierName,
  isDatePartName,
  isFreeTextName,
  isLevelName,
  isRowIndexName,
  isVersionName,
  isYearName,
  isYearOfName,
  timeNameWeight,
} from "./names";
import { ALONE, type TableContext } from "./table-context";

/** What a column that is not the time is for. `certainty`: that another reader of the file would say the same. */
export interface RoleDecision {
  role: Exclude<ColumnRole, "timestamp">;
  type: ColumnType;
  certainty: number;
}

/** A share of unreadable cells that is still a column of numbers, however many texts there are. */
const NUMBERS = 0.9;
/** The same where the texts are a few words again and again ("suppressed", "<5"). */
const NUMBERS_WITH_WORDS = 0.6;
const FREE_TEXT_WORDS = 8;
const FREE_TEXT_CHARS = 60;

export function decideRole(profile: ColumnProfile, context: TableContext = ALONE): RoleDecision {
  const usable = profile.filled - profile.missing;
  if (profile.filled === 0) return { role: "ignored", type: "empty", certainty: 0.99 };
  if (usable === 0) return { role: "attribute", type: "string", certainty: 0.9 };
  if (profile.booleans === usable) return booleanRole(profile);
  const share = profile.numeric / usable;
  if (share >= NUMBERS || (share >= NUMBERS_WITH_WORDS && profile.otherTexts <= 6))
    return numericRole(profile, share, context);
  const calendar = profile.calendar;
  if ((calendar?.readable ?? profile.yearless?.readable ?? 0) >= usable * 0.9)
    return { role: "attribute", type: "timestamp", certainty: 0.95 };
  return textRole(profile, share);
}

/** A flag that never turns is no series. */
function booleanRole(profile: ColumnProfile): RoleDecision {
  if (isSolitary(profile)) return { role: "attribute", type: "boolean", certainty: 0.9 };
  if (profile.distinct === 1 && profile.filled >= 2 && profile.rows >= 3)
    return { role: "category", type: "boolean", certainty: 0.85 };
  return { role: "value", type: "boolean", certainty: 0.8 };
}

/** One reading among many rows is no series, nor are a few that are all alike where other rows have none. */
const isSolitary = ({ rows, filled, distinct }: ColumnProfile): boolean =>
  rows >= 3 && filled <= 3 && filled < rows && distinct === 1;

function numericRole(profile: ColumnProfile, share: number, context: TableContext): RoleDecision {
  const type = profile.integers ? "integer" : "number";
  const { index, name, integers, min, max } = profile;
  const unique = profile.distinct / Math.max(1, profile.filled);
  const isCode = (certainty: number): RoleDecision => ({
    role: unique <= 0.5 && profile.distinct <= 1_000 ? "category" : "attribute",
    type: profile.leadingZeros ? "string" : type,
    certainty,
  });
  if (integers && isRowIndexName(name) && (profile.counter || isNamelessIndex(profile, context)))
    return { role: "attribute", type, certainty: profile.counter ? 0.97 : 0.9 };
  if (integers && isYearName(name) && min >= 1500 && max <= 2200)
    return { role: "attribute", type, certainty: 0.93 };
  if (context.repeatedYears.has(index) || (integers && isYearOfName(name) && min >= 1700 && max <= 2100))
    return { role: "attribute", type, certainty: 0.9 };
  if (context.labelled.has(index)) return isCode(0.9);
  if (context.quoted.has(index)) return isCode(0.88);
  if (integers && timeNameWeight(name) !== 0 && plausibleEpochUnit(min, max))
    return { role: "attribute", type: "timestamp", certainty: 0.9 };
  if (profile.leadingZeros || (integers && identifierName(name) === "sure")) return isCode(0.94);
  // "v": 0 or 1 in every record is the version of the records, as loggers write it.
  if (
    isVersionName(name) ||
    (name === "v" && integers && profile.distinct === 1 && profile.filled >= 2 && max <= 2)
  )
    return isCode(0.9);
  if (integers && identifierName(name) === "maybe" && looksNumbered(profile)) return isCode(0.85);
  if (isSolitary(profile)) return { role: "attribute", type, certainty: 0.8 };
  if (integers && isLevelName(name) && fewLevels(profile)) return { role: "category", type, certainty: 0.85 };
  if (integers && isDatePartName(name) && min >= 0 && max <= 366 && (context.timed || comesBack(profile)))
    return { role: "category", type, certainty: context.timed ? 0.88 : 0.8 };
  if (integers && context.timed && profile.counter && timeNameWeight(name) > 0)
    return { role: "attribute", type, certainty: 0.85 };
  return { role: "value", type, certainty: (0.9 + 0.095 * share) * belief(profile) };
}

/** Numbers of rows under no name: they count up, or did before rows were taken out or put in another order. */
const isNamelessIndex = (
  { index, source, distinct, filled, rows }: ColumnProfile,
  { headerless }: TableContext,
): boolean =>
  !headerless && index === 0 && source === "col1" && filled >= 5 && distinct === filled && filled === rows;

/** A month or an hour without a date is a group of rows; one that never comes back is an axis. */
const comesBack = ({ distinct, filled }: ColumnProfile): boolean => distinct <= 31 && distinct <= filled / 3;

const MOST_LEVELS = 40;

/** Small numbers that come back: a class or a severity, but neither the level of a battery nor the stage of a river. */
function fewLevels({ name, distinct, filled, min, max }: ColumnProfile): boolean {
  const levels = min >= 0 && distinct <= Math.min(MOST_LEVELS, Math.max(3, filled / 3));
  return levels && (!/(?:level|stage)$/i.test(name.trim()) || max <= 10 || (max <= 60 && distinct <= 6));
}

/** How far digits are to be believed as a measure where their name says nothing: some are codes all the same. */
function belief({ integers, counter, distinct, filled, min, max, sameDigits }: ColumnProfile): number {
  if (!integers) return 1;
  if (counter && filled >= 5) return 0.75;
  // All numbers from one to a few: counts begin at none, and what begins at one is as often numbered as counted.
  if (filled >= 20 && min === 1 && max === distinct && distinct >= 3 && distinct <= 12) return 0.85;
  // Two levels are mostly flags and nine mostly answers: as often taken for values as for codes.
  if (filled >= 20 && distinct >= 3 && distinct <= 9 && min >= 0 && max <= 20) return 0.975;
  return sameDigits && max >= 10_000 && distinct === filled && filled >= 10 ? 0.96 : 0.995;
}

/** Digits of one length, or each the next after the last: numbers that were given out. */
const looksNumbered = ({ counter, sameDigits, meanLength, distinct, filled }: ColumnProfile): boolean =>
  (counter && filled >= 3) || (sameDigits && meanLength >= 4 && distinct > filled * 0.9);

function textRole(profile: ColumnProfile, numericShare: number): RoleDecision {
  const unique = profile.distinct / Math.max(1, profile.filled);
  const long =
    profile.meanWords > FREE_TEXT_WORDS || profile.meanLength > FREE_TEXT_CHARS || profile.maxLength > 512;
  const told = isFreeTextName(profile.name) && profile.meanWords >= 3 && unique > 0.3;
  const machine = profile.machineText > profile.filled / 2 && unique > 0.5;
  const mixed = numericShare > 0.3 ? 0.85 : 1;
  if (long || told || machine)
    return { role: "attribute", type: "string", certainty: (long && unique < 0.3 ? 0.85 : 0.95) * mixed };
  const borderline = profile.meanWords > 5 && unique > 0.8 ? 0.92 : 0.985;
  return { role: "category", type: "string", certainty: borderline * mixed };
}
