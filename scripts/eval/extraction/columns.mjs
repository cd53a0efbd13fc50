// What columns hold. Each maker returns the cells of one column: numbers, texts, or null where there is nothing.

const rounded = (value, decimals) => Number(value.toFixed(decimals));
const make = (rows, next) => Array.from({ length: rows }, (_, row) => next(row));

/** Measures: `(random, rows, scale, decimals)`. */
const VALUES = {
  walk(random, rows, scale, decimals) {
    let level = scale;
    return make(rows, () => {
      level += 0.02 * scale * random.normal() + 0.05 * (scale - level);
      return rounded(level, decimals);
    });
  },
  around: (random, rows, scale, decimals) =>
    make(rows, () => rounded(scale * (1 + 0.15 * random.normal()), decimals)),
  skewed: (random, rows, scale, decimals) =>
    make(rows, () => rounded(scale * Math.exp(0.9 * random.normal()), decimals)),
  signed: (random, rows, scale, decimals) => make(rows, () => rounded(scale * random.normal(), decimals)),
  upTo: (random, rows, scale, decimals) => make(rows, () => rounded(scale * random.uniform(), decimals)),
  sparse: (random, rows, scale, decimals) =>
    make(rows, () => (random.chance(0.75) ? 0 : rounded(scale * Math.exp(random.normal()), decimals))),
  meter(random, rows, scale, decimals) {
    let total = scale * random.int(20, 400);
    return make(rows, () => {
      total += scale * random.uniform();
      return rounded(total, decimals);
    });
  },
};

/** Columns of which any role is right: nobody can say from the outside. `(random, rows)`. */
const OTHERS = {
  counter(random, rows) {
    const first = random.pick([0, 1, 1, 1_001]);
    return make(rows, (row) => first + row);
  },
  number: (random, rows) => make(rows, () => random.int(10_000_000, 99_999_999)),
  zeros: (random, rows) => make(rows, () => String(random.int(0, 99_999)).padStart(5, "0")),
  sku: (random, rows) =>
    make(rows, () => `${random.pick(["A", "KX", "PRD"])}-${String(random.int(1, 9_999)).padStart(4, "0")}`),
  uuid: (random, rows) =>
    make(rows, () => {
      const hex = (digits) => make(digits, () => random.int(0, 15).toString(16)).join("");
      return `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`;
    }),
  flag(random, rows) {
    const [no, yes] = random.pick([
      [0, 1],
      ["N", "Y"],
      ["false", "true"],
      ["no", "yes"],
    ]);
    const share = random.uniform();
    return make(rows, () => (random.chance(share) ? yes : no));
  },
  level(random, rows) {
    const most = random.int(3, 7);
    return make(rows, () => random.int(1, most));
  },
  constant(random, rows) {
    const one = random.pick(["1.0", "EUR", 0, 100, "v2"]);
    return make(rows, () => one);
  },
  prose: (random, rows) =>
    make(rows, () =>
      random.chance(0.2)
        ? null
        : `${random.sample(WORDS, random.int(4, 14)).join(" ")}${random.pick(["", ".", "!"])}`,
    ),
  link: (random, rows) =>
    make(rows, () => `https://example.com/${random.pick(WORDS)}/${random.int(1, 99_999)}`),
};

const WORDS =
  "please check the valve again before next shift because it was left open and pressure fell while nobody looked at old gauge near south door".split(
    " ",
  );

export const valueCells = (random, rows, kind, scale, decimals) =>
  VALUES[kind](random, rows, scale, decimals);
export const otherCells = (random, rows, kind) => OTHERS[kind](random, rows);

/** Names out of a list, some more often than others. */
export function categoryCells(random, rows, words) {
  const used = random.sample(words, Math.max(2, random.int(2, words.length)));
  const bias = random.chance(0.5) ? 1 : 2;
  return make(rows, () => used[Math.floor(used.length * random.uniform() ** bias)]);
}
