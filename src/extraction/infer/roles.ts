import type { ColumnRole, ColumnType } from "../contract";
import type { ColumnProfile } from "./columns";
import { isFreeTextName, isIdentifierName, isRowIndexName, isYearName } from "./names";

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

export function decideRole(profile: ColumnProfile): RoleDecision {
  const usable = profile.filled - profile.missing;
  if (profile.filled === 0) return { role: "ignored", type: "empty", certainty: 0.99 };
  if (usable === 0) return { role: "attribute", type: "string", certainty: 0.9 };
  if (profile.booleans === usable) return { role: "value", type: "boolean", certainty: 0.92 };
  const share = profile.numeric / usable;
  if (share >= NUMBERS || (share >= NUMBERS_WITH_WORDS && profile.otherTexts <= 6))
    return numericRole(profile, share);
  const calendar = profile.calendar;
  if (calendar && calendar.readable >= usable * 0.9)
    return { role: "attribute", type: "timestamp", certainty: 0.95 };
  return textRole(profile, share);
}

function numericRole(profile: ColumnProfile, share: number): RoleDecision {
  const type = profile.integers ? "integer" : "number";
  const unique = profile.distinct / Math.max(1, profile.filled);
  if (profile.integers && profile.counter && isRowIndexName(profile.name))
    return { role: "attribute", type, certainty: 0.97 };
  if (profile.integers && isYearName(profile.name) && profile.min >= 1500 && profile.max <= 2200)
    return { role: "attribute", type, certainty: 0.93 };
  const code = profile.leadingZeros || (profile.integers && isIdentifierName(profile.name));
  if (code) {
    const repeats = unique <= 0.5 && profile.distinct <= 1_000;
    return {
      role: repeats ? "category" : "attribute",
      type: profile.leadingZeros ? "string" : type,
      certainty: 0.94,
    };
  }
  return { role: "value", type, certainty: 0.9 + 0.095 * share };
}

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
