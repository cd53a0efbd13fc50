import type { Band, BatchMethod, BatchOptions, Prepared, Verdicts } from "./method";
import { medianOf } from "./order-statistics";
import { levelAt } from "./tail-probability";

/** In alert levels: one of three members cannot carry their mean alone, however far out it finds a row. */
const MOST_SAID = 2.5;

/**
 * The mean or median over methods, of how far out each finds a row in alert levels: that is one scale for all of them.
 * A season is taken off before each.
 */
export function ensembleOf(methodOf: (id: BatchOptions["members"][number]) => BatchMethod): BatchMethod {
  const membersOf = ({ members }: BatchOptions) => members.filter((id) => id !== "ensemble").map(methodOf);
  return {
    id: "ensemble",
    isJoint: true,
    defaultThreshold: 3,
    requiredPoints: (options) =>
      Math.max(1, ...membersOf(options).map((member) => member.requiredPoints(options))),
    workUnits: (rows, fields, options) =>
      membersOf(options).reduce((sum, member) => sum + member.workUnits(rows, fields, options), 0),
    score: (input, options) =>
      combined(
        membersOf(options).map((member) => member.score(input, options)),
        input,
        options,
      ),
  };
}

function combined(members: Verdicts[], { columns }: Prepared, options: BatchOptions): Verdicts {
  const { combine } = options;
  const rows = columns[0]!.length;
  const judgedFrom = Math.max(...members.map((member) => member.judgedFrom));
  const ratios = Float64Array.from({ length: rows }, (_, row) =>
    row < judgedFrom
      ? 0
      : together(
          members.map(({ sigma, level }) => Math.min(MOST_SAID, sigma[row]! / level)),
          combine,
        ),
  );
  // Members that err together err at their rate, others more rarely: the rate of all is at most that of one.
  const level = levelAt(options);
  const speakers = ratios.map((_, row) => speakerOf(members, row));
  return {
    judgedFrom,
    sigma: ratios.map((ratio) => ratio * level),
    level,
    field: Uint16Array.from(speakers, (speaker, row) => members[speaker]!.field[row]!),
    bands: (asked) => bandsOfSpeakers(members, speakers, asked),
  };
}

const together = (ratios: number[], combine: BatchOptions["combine"]): number =>
  combine === "median"
    ? medianOf(Float64Array.from(ratios))
    : ratios.reduce((sum, ratio) => sum + ratio / ratios.length, 0);

/** The member that finds the row furthest out: the answer is told in its terms. */
function speakerOf(members: readonly Verdicts[], row: number): number {
  let speaker = 0;
  const ratioOf = (m: number) => members[m]!.sigma[row]! / members[m]!.level;
  for (let m = 1; m < members.length; m++) if (ratioOf(m) > ratioOf(speaker)) speaker = m;
  return speaker;
}

/** Each member is asked once, for all of its rows. */
function bandsOfSpeakers(members: Verdicts[], speakers: Float64Array, rows: readonly number[]): Band[] {
  const bands = new Map<number, Band>();
  for (const [m, member] of members.entries()) {
    const own = rows.filter((row) => speakers[row] === m);
    for (const [i, band] of member.bands(own).entries()) bands.set(own[i]!, band);
  }
  return rows.map((row) => bands.get(row)!);
}
