/** Shorter work is repeated for this long; the clocks count microseconds. */
const LEAST_MS = 20;
/** Before the rounds, for the compilers of the runtimes to be done. */
const WARM_UP_MS = 60;

/**
 * Asks each entry for its requests, once in every round, in turned order: what slows the machine for a while slows all.
 * An entry is `{label, contestant, requests}`; its outcome is `{label, ms, rounds, answers}`, `rounds` the mean of
 * the requests in each and `ms` what `summary` makes of them, or `{label, absent}` with a word for why there is none. An entry may come as
 * such an outcome. Where the first, ours, is absent there is nothing to compare, and nobody else is asked.
 */
export async function measure(entries, rounds, summary = median) {
  const outcomes = [];
  for (const entry of entries) {
    if (outcomes[0]?.absent) outcomes.push({ label: entry.label, absent: "not asked" });
    else outcomes.push(entry.absent ? entry : await warmUp(entry));
  }
  for (let round = 0; round < rounds; round++) {
    const inTurn = [...entries.keys()];
    for (const i of round % 2 === 0 ? inTurn : inTurn.toReversed())
      if (!outcomes[i].absent) outcomes[i] = await withRound(outcomes[i], entries[i]);
  }
  return outcomes.map((outcome) => (outcome.absent ? outcome : { ...outcome, ms: summary(outcome.rounds) }));
}

async function warmUp(entry) {
  const first = await askAll(entry, WARM_UP_MS);
  return first.absent ? first : { label: entry.label, rounds: [], answers: first.answers };
}

async function withRound(outcome, entry) {
  const { absent, answers } = await askAll(entry, LEAST_MS);
  if (absent) return { label: entry.label, absent };
  const ms = answers.reduce((sum, answer) => sum + answer.ms, 0) / answers.length;
  return { ...outcome, rounds: [...outcome.rounds, ms], answers };
}

async function askAll({ label, contestant, requests }, leastMs) {
  const answers = [];
  for (const request of requests) {
    const answer = await contestant.ask({ ...request, leastMs });
    if (answer.crash) return { label, absent: "crashes", why: answer.crash };
    if (answer.error) return { label, absent: "fails", why: answer.error };
    if (answer.missing) return { label, absent: answer.missing };
    answers.push(answer);
  }
  return { answers };
}

/** For work of microseconds: what else the machine does makes a round slower, never faster. */
export const fastest = (numbers) => Math.min(...numbers);

function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
