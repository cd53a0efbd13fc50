// How times are written. A notation is `{step, write}`: a step in seconds that rows are apart at least, so that what is
// written tells them apart, and what a time in milliseconds looks like. Civil months and years are stepped by the calendar.

const SECOND = 1_000;
const DAY = 86_400 * SECOND;
const two = (number) => String(number).padStart(2, "0");
const parts = (ms) => {
  const date = new Date(ms);
  return {
    y: date.getUTCFullYear(),
    m: date.getUTCMonth() + 1,
    d: date.getUTCDate(),
    h: date.getUTCHours(),
    min: date.getUTCMinutes(),
    s: date.getUTCSeconds(),
    weekday: date.getUTCDay(),
  };
};
const names = (text) => text.split(" ");
const MONTHS = {
  en: names("January February March April May June July August September October November December"),
  de: names("Januar Februar März April Mai Juni Juli August September Oktober November Dezember"),
  fr: names("janvier février mars avril mai juin juillet août septembre octobre novembre décembre"),
  es: names("enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre"),
};
const DAYS = names("Sun Mon Tue Wed Thu Fri Sat");

const iso = (ms) => new Date(ms).toISOString();
const clock = ({ h, min, s }) => `${two(h)}:${two(min)}:${two(s)}`;
const noon = ({ h, min }) => `${h % 12 || 12}:${two(min)} ${h < 12 ? "AM" : "PM"}`;
const written = (unit, write) => ({ unit, write });

/** Date and time of day, open to no other reading. */
const MOMENTS = {
  isoZ: written("second", (ms) => `${iso(ms).slice(0, 19)}Z`),
  isoMillis: written("second", (ms) => iso(ms)),
  isoOffset: written("second", (ms) => `${iso(ms + 2 * 3_600 * SECOND).slice(0, 19)}+02:00`),
  isoSpace: written("second", (ms) => iso(ms).slice(0, 19).replace("T", " ")),
  isoMinute: written("minute", (ms) => iso(ms).slice(0, 16).replace("T", " ")),
  slashes: written("minute", (ms) => iso(ms).slice(0, 16).replace("T", " ").replaceAll("-", "/")),
  dots: written("minute", (ms) => {
    const at = parts(ms);
    return `${two(at.d)}.${two(at.m)}.${at.y} ${clock(at).slice(0, 5)}`;
  }),
  http: written("second", (ms) => new Date(ms).toUTCString()),
  access: written("second", (ms) => {
    const at = parts(ms);
    return `${two(at.d)}/${MONTHS.en[at.m - 1].slice(0, 3)}/${at.y}:${clock(at)} +0000`;
  }),
  compact: written("second", (ms) => iso(ms).slice(0, 19).replace(/[-:]/g, "")),
  digits: written("second", (ms) => iso(ms).slice(0, 19).replace(/\D/g, "")),
};

/** Days, open to no other reading. */
const DAYS_WRITTEN = {
  iso: written("day", (ms) => iso(ms).slice(0, 10)),
  slashes: written("day", (ms) => iso(ms).slice(0, 10).replaceAll("-", "/")),
  digits: written("day", (ms) => iso(ms).slice(0, 10).replaceAll("-", "")),
  dots: written("day", (ms) => {
    const { y, m, d } = parts(ms);
    return `${two(d)}.${two(m)}.${y}`;
  }),
};

const worded = (language, short) => (m) =>
  short ? MONTHS[language][m - 1].slice(0, 3) : MONTHS[language][m - 1];
/** Days with their months in words. */
const WORDED = {
  american: written("day", (ms) => {
    const { y, m, d } = parts(ms);
    return `${worded("en", true)(m)} ${d}, ${y}`;
  }),
  british: written("day", (ms) => {
    const { y, m, d } = parts(ms);
    return `${d} ${worded("en")(m)} ${y}`;
  }),
  dashes: written("day", (ms) => {
    const { y, m, d } = parts(ms);
    return `${two(d)}-${worded("en", true)(m)}-${two(y % 100)}`;
  }),
  german: written("day", (ms) => {
    const { y, m, d } = parts(ms);
    return `${d}. ${worded("de")(m)} ${y}`;
  }),
  french: written("day", (ms) => {
    const { y, m, d } = parts(ms);
    return `${d === 1 ? "1er" : d} ${worded("fr")(m)} ${y}`;
  }),
  spanish: written("day", (ms) => {
    const { y, m, d } = parts(ms);
    return `${d} de ${worded("es")(m)} de ${y}`;
  }),
  weekday: written("day", (ms) => {
    const { y, m, d, weekday } = parts(ms);
    return `${DAYS[weekday]}, ${two(d)} ${worded("en", true)(m)} ${y}`;
  }),
};

/** Months, quarters, weeks and years. */
const PERIODS = {
  month: written("month", (ms) => iso(ms).slice(0, 7)),
  monthName: written("month", (ms) => `${worded("en", true)(parts(ms).m)}-${two(parts(ms).y % 100)}`),
  monthLong: written("month", (ms) => `${worded("en")(parts(ms).m)} ${parts(ms).y}`),
  monthM: written("month", (ms) => `${parts(ms).y}M${two(parts(ms).m)}`),
  quarter: written("quarter", (ms) => `${parts(ms).y}Q${Math.ceil(parts(ms).m / 3)}`),
  quarterFirst: written("quarter", (ms) => `Q${Math.ceil(parts(ms).m / 3)} ${parts(ms).y}`),
  year: written("year", (ms) => String(parts(ms).y)),
};

const EPOCHS = {
  seconds: written("second", (ms) => Math.floor(ms / SECOND)),
  millis: written("second", (ms) => ms),
  micros: written("second", (ms) => ms * 1_000),
};

export const NOTATIONS = { MOMENTS, DAYS_WRITTEN, WORDED, PERIODS, EPOCHS };

/** Numbers parted by slashes or dashes, day or month first. */
export function numericDate(order, { mark = "/", shortYear = false, padded = true, clockOf = "" } = {}) {
  const digits = (number) => (padded ? two(number) : String(number));
  const write = (ms) => {
    const at = parts(ms);
    const [first, second] = order === "dmy" ? [at.d, at.m] : [at.m, at.d];
    const date = [digits(first), digits(second), shortYear ? two(at.y % 100) : at.y].join(mark);
    if (clockOf === "") return date;
    return `${date} ${clockOf === "12" ? noon(at) : clock(at).slice(0, 5)}`;
  };
  return written(clockOf === "" ? "day" : "minute", write);
}

const STEPS = {
  second: [1, 5, 30, 60, 3_600],
  minute: [60, 300, 900, 3_600],
  day: [86_400, 86_400, 7 * 86_400],
};
const MONTHS_IN = { month: 1, quarter: 3, year: 12 };

/**
 * Instants of so many rows, in milliseconds: even steps in order, in order with uneven steps (events), backwards, or in
 * no order. `per` rows share one instant, as those of several places do.
 */
export function instants(
  random,
  rows,
  unit,
  { order = random.pick(["even", "even", "even", "events", "backwards"]), per = 1 } = {},
) {
  const distinct = Math.ceil(rows / per);
  const first = Date.UTC(random.int(2_005, 2_023), random.int(0, 11), random.int(1, 28));
  let made;
  if (unit in MONTHS_IN) {
    const { y, m } = parts(first);
    const years =
      unit === "year"
        ? Math.max(1_700, 2_024 - distinct)
        : Math.max(1_900, y - Math.ceil((distinct * MONTHS_IN[unit]) / 12));
    const start = unit === "month" ? m - 1 : 0;
    made = Array.from({ length: distinct }, (_, i) => Date.UTC(years, start + i * MONTHS_IN[unit], 1));
    if (order === "backwards") made.reverse();
  } else {
    const seconds = Math.min(random.pick(STEPS[unit]), (10 * 365 * 86_400) / distinct);
    const grain = unit === "day" ? DAY : unit === "minute" ? 60 * SECOND : SECOND;
    const step = Math.max(grain, Math.round((seconds * SECOND) / grain) * grain);
    const start = unit === "day" ? first : first + random.int(0, 1_439) * 60 * SECOND;
    made = Array.from({ length: distinct }, (_, i) =>
      order === "even" || order === "backwards"
        ? start + i * step
        : start + random.int(0, distinct * 2) * step,
    );
    if (order === "events") made.sort((a, b) => a - b);
    if (order === "backwards") made.reverse();
  }
  return Array.from({ length: rows }, (_, row) => made[Math.floor(row / per)]);
}

/** Days of which both numbers may be the month, in no order, so that nothing tells which is. */
export const openDays = (random, rows) =>
  Array.from({ length: rows }, () =>
    Date.UTC(random.int(2_012, 2_022), random.int(0, 11), random.int(1, 12)),
  );

export { parts };
