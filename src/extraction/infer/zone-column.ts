import { zoneNamed } from "../../core/zones";
import type { Ambiguity, TimestampPlan } from "../contract";
import type { SourceTable } from "../formats/source-table";
import { EXTRACTION_LIMITS } from "../limits";
import { type ColumnProfile, usableCells } from "./columns";
import { isZoneName, nameWords } from "./names";

/** How local times of a table are read, and what is to be said of it. */
export interface ZoneDecision {
  plan: Pick<TimestampPlan, "zone" | "zone_column">;
  certainty: number;
  ambiguities: Ambiguity[];
  warnings: string[];
}

/** The IANA database has some 600 names. */
const MOST_ZONES = 600;
/** Rows without a zone are rejected: so many must have one. */
const ENOUGH = 0.9;
/** Half of what is asked is answered by no zone at all. */
const ASKED_CERTAINTY = 0.7;
const SHOWN = 3;

/**
 * In which zone the local times of a table are: that which the name of their column says for certain, else those that a
 * column beside them names row by row, else UTC. Abbreviations are asked about and not guessed: a column of them alone
 * is left as it is. `times` are the columns that make the time.
 */
export function decideZone(
  times: readonly ColumnProfile[],
  profiles: readonly ColumnProfile[],
  table: SourceTable,
): ZoneDecision {
  const decided = (plan: ZoneDecision["plan"], warning?: string): ZoneDecision => ({
    plan,
    certainty: 1,
    ambiguities: [],
    warnings: warning === undefined ? [] : [warning],
  });
  const [time] = times as readonly [ColumnProfile];
  for (const { name } of times) {
    const zone = zoneInName(name);
    if (zone === "UTC") return decided({ zone });
    if (zone !== null) return decided({ zone }, `The times in "${name}" are read as ${zone}, as it says.`);
  }
  const others = profiles.filter((one) => !times.includes(one) && mayBeZones(one, time));
  const found = others.flatMap((one) => zonesIn(one, table) ?? []);
  const certain =
    found.find(({ abbreviations }) => abbreviations.length === 0) ?? found.find(isMostlyCertain);
  if (certain) {
    const said = `The times in "${time.name}" are read in the zones that "${certain.name}" names.`;
    return decided({ zone: "UTC", zone_column: certain.name }, said);
  }
  const utc = decided({ zone: "UTC" }, "Times without a zone are read as UTC.");
  const [open] = found;
  return open ? { ...utc, certainty: ASKED_CERTAINTY, ambiguities: [zoneAmbiguity(time.name, open)] } : utc;
}

interface FoundZones {
  name: string;
  /** Shares of the cells that say something. */
  certainShare: number;
  abbreviations: string[];
}

const isMostlyCertain = ({ certainShare }: FoundZones): boolean => certainShare >= ENOUGH;

const mayBeZones = (one: ColumnProfile, time: ColumnProfile): boolean =>
  !one.calendar &&
  one.distinct <= MOST_ZONES &&
  one.maxLength <= EXTRACTION_LIMITS.parsedCellChars &&
  usableCells(one) > 0 &&
  usableCells(one) >= time.filled * ENOUGH;

/** The zones of a column; null where it has none. Offsets and abbreviations alone need a name that says what they are. */
function zonesIn({ name, source, index }: ColumnProfile, table: SourceTable): FoundZones | null {
  const kinds = new Map<string, ZoneKind>();
  const counts: Record<ZoneKind, number> = { named: 0, certain: 0, abbreviation: 0, none: 0 };
  let filled = 0;
  for (const { cells } of table.rows) {
    const cell = cells[index];
    if (typeof cell === "string" && cell.trim() !== "") {
      const text = cell.trim();
      const kind = kinds.get(text) ?? zoneKind(text);
      kinds.set(text, kind);
      counts[kind]++;
    } else if (cell !== null && cell !== undefined && cell !== "") counts.none++;
    else continue;
    filled++;
    if (counts.none > MOST_ZONES || kinds.size > MOST_ZONES) return null;
    if (filled >= EXTRACTION_LIMITS.distinctValues * 10) break;
  }
  const { named, certain, abbreviation } = counts;
  if (named + certain + abbreviation < filled * ENOUGH) return null;
  if (named === 0 && !isZoneName(name) && !isZoneName(source)) return null;
  const abbreviations = [...kinds].flatMap(([text, kind]) => (kind === "abbreviation" ? [text] : []));
  return { name, certainShare: (named + certain) / filled, abbreviations };
}

/** `named`: by its place, which nothing else is called. */
type ZoneKind = "named" | "certain" | "abbreviation" | "none";

const ABBREVIATIONS = new Set(
  (
    "CET CEST MET MEZ MESZ EET EEST WET WEST BST IST MSK EST EDT CST CDT MST MDT PST PDT ET CT MT PT AKST AKDT HST JST KST SGT HKT " +
    "AEST AEDT ACST ACDT AWST NZST NZDT BRT BRST ART CLT CAT EAT WAT SAST GST PKT WIB AST ADT NST NDT"
  ).split(" "),
);

function zoneKind(text: string): ZoneKind {
  if (zoneNamed(text)) return text.includes("/") ? "named" : "certain";
  return ABBREVIATIONS.has(text.toUpperCase()) ? "abbreviation" : "none";
}

const OFFSET_IN_NAME = /(?:UTC|GMT)\s?([+-])(\d{1,2})(?::?(\d{2}))?(?!\d)|[([]([+-])(\d{2}):?(\d{2})[)\]]/i;

const PLACE_IN_NAME =
  /(?<![\p{L}\p{N}_/])[A-Z][A-Za-z]{2,20}(?:\/[A-Z][A-Za-z_-]{2,30}){1,2}(?![\p{L}\p{N}/])/u;

/**
 * "timestamp_utc", "time (UTC+2)", "Zeit [+02:00]" and "time (Europe/Berlin)" say their zone; "time (CET)" may have meant
 * the summer's as well.
 */
function zoneInName(name: string): string | null {
  if (name.length > 256) return null;
  const place = PLACE_IN_NAME.exec(name)?.[0];
  if (place !== undefined && zoneNamed(place)) return place;
  const match = OFFSET_IN_NAME.exec(name.replace("\u2212", "-"));
  if (!match) return nameWords(name).some((word) => word === "utc" || word === "gmt") ? "UTC" : null;
  const [, sign, hours, minutes, ownSign, ownHours, ownMinutes] = match;
  const offset = `${sign ?? ownSign}${(hours ?? ownHours)!.padStart(2, "0")}:${minutes ?? ownMinutes ?? "00"}`;
  return zoneNamed(offset) ? offset : null;
}

function zoneAmbiguity(time: string, { name, abbreviations }: FoundZones): Ambiguity {
  const shown = abbreviations.slice(0, SHOWN).map((one) => JSON.stringify(one));
  return {
    field: name,
    question: `Which zones does "${name}" mean by ${shown.join(", ")}? Each stands for several.`,
    readings: [
      { reading: "as UTC", example: `"${time}" is read as UTC`, chosen: true },
      {
        reading: "zone_column",
        example: `zone_column ${JSON.stringify(name)} and zone_names {${shown[0]}: "+01:00"} in the plan's timestamp`,
        chosen: false,
      },
    ],
  };
}
