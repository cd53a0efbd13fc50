// Families of logs and of what machines print: heads in many orders, with and without a time, requests, protocols of metrics,
// tables of commands. Their columns are named as the reader names them.
import { instants } from "./times.mjs";

const LEVELS = ["INFO", "INFO", "INFO", "WARN", "ERROR", "DEBUG"];
const LOGGERS = ["org.acme.web.Orders", "org.acme.db.Pool", "org.acme.jobs.Nightly", "org.acme.Main"];
const THREADS = ["main", "worker-3", "http-pool-12"];
const HOSTS = ["web-1", "web-2", "db-1"];
const PROGRAMS = ["sshd", "cron", "systemd", "postfix/smtpd"];
const TRACE = [
  "java.lang.IllegalStateException: pool is closed",
  "\tat org.acme.db.Pool.take(Pool.java:42)",
  "Caused by: java.io.IOException: 2 of 5 failed",
  "\t... 12 more",
];
const MESSAGES = [
  (random) => `order A${random.int(1_000, 9_999)} was placed by ann`,
  () => "connection pool is nearly empty",
  (random) => `nothing heard from 10.0.0.${random.int(2, 250)} yet, trying again`,
  () => "began to sweep old sessions",
  (random) => `user 'u${random.int(1, 99)}' came back`,
];

const two = (number) => String(number).padStart(2, "0");
const partsOf = (instant) => {
  const [date, clock] = new Date(instant).toISOString().split("T");
  return { date, seconds: clock.slice(0, 8), millis: clock.slice(9, 12) };
};
const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
const DAYS = "Sun Mon Tue Wed Thu Fri Sat".split(" ");
const named = (instant) => {
  const at = new Date(instant);
  return {
    month: MONTHS[at.getUTCMonth()],
    day: at.getUTCDate(),
    week: DAYS[at.getUTCDay()],
    year: at.getUTCFullYear(),
  };
};
const hour12 = (seconds) => `${Number(seconds.slice(0, 2)) % 12 || 12}${seconds.slice(2)}`;
const half = (seconds) => (Number(seconds.slice(0, 2)) < 12 ? "AM" : "PM");

/** How heads write an instant: texts, and whether milliseconds are in them. */
const CLOCKS = [
  [true, (t) => `${partsOf(t).date} ${partsOf(t).seconds},${partsOf(t).millis}`],
  [true, (t) => `${partsOf(t).date}T${partsOf(t).seconds}.${partsOf(t).millis}Z`],
  [false, (t) => `${partsOf(t).date} ${hour12(partsOf(t).seconds)} ${half(partsOf(t).seconds)}`],
  [false, (t) => `${partsOf(t).date.replaceAll("-", "/")} ${partsOf(t).seconds}`],
  [false, (t) => `${partsOf(t).date.replaceAll("-", "")}${partsOf(t).seconds.replaceAll(":", "")}`],
  [
    true,
    (t) =>
      `${two(named(t).day)} ${named(t).month} ${named(t).year} ${partsOf(t).seconds}.${partsOf(t).millis}`,
  ],
  [
    false,
    (t) =>
      `${named(t).month} ${two(named(t).day)}, ${named(t).year} ${hour12(partsOf(t).seconds)} ${half(partsOf(t).seconds)}`,
  ],
  [false, (t) => `${named(t).week} ${named(t).month} ${named(t).day} ${partsOf(t).seconds} ${named(t).year}`],
];

/** A line of a log by the parts of its record. */
const STYLES = [
  ({ time, level, thread, logger, message }) =>
    `${time} ${level.padEnd(5)} [${thread}] ${logger} - ${message}`,
  ({ time, level, thread, logger, message }) =>
    `${time} [${thread}] ${level.padEnd(5)} ${logger} - ${message}`,
  ({ time, level, logger, message }) => `${time} - ${logger} - ${level} - ${message}`,
  ({ time, level, logger, message }) => `[${time}][${level.padEnd(5)}][${logger.padEnd(24)}] ${message}`,
  ({ time, level, logger, message }) => `[${time}] ${level} ${message} (${logger})`,
  ({ time, level, logger, message, number }) =>
    `${time} | ${level.padEnd(8)} | ${logger}:${number} - ${message}`,
  ({ time, level, logger, message }) => `${time} ${level} ${logger}: ${message}`,
  ({ time, level, logger, thread, message }) =>
    `${time}  ${level} 4711 --- [${thread}] ${logger.padEnd(24)} : ${message}`,
];
/** Without a time. */
const TIMELESS = [
  ({ level, logger, message }) => `${level}:${logger}:${message}`,
  ({ level, thread, logger, message, row }) => `${row * 37} [${thread}] ${level} ${logger} - ${message}`,
];

const column = (name, role, cells) => ({ name, unit: null, role, cells });

/** Records of a log: their instants, whole seconds or not, and the columns that every style has. */
function recordsOf(random, { millis = false, timed = true } = {}) {
  const rows = random.size(10, 200);
  const when = instants(random, rows, "second", { order: "events" });
  const times = timed ? when.map((at) => (millis ? at + random.int(0, 999) : at)) : null;
  const each = (of) => Array.from({ length: rows }, of);
  const levels = each(() => random.pick(LEVELS));
  const loggers = each(() => random.pick(LOGGERS));
  const records = each((_, row) => ({
    row,
    level: levels[row],
    logger: loggers[row],
    thread: random.pick(THREADS),
    number: random.int(10, 400),
    message: random.pick(MESSAGES)(random),
  }));
  const time = column("timestamp", "time", times ?? []);
  return {
    records,
    table: {
      times,
      columns: [
        ...(times ? [{ ...time, unnamed: true }] : []),
        column("level", "category", levels),
        column("component", "category", loggers),
      ],
    },
  };
}

export const LOG_FAMILIES = {
  "heads of logs"(random) {
    const [millis, write] = random.pick(CLOCKS);
    const style = random.pick(STYLES);
    const { records, table } = recordsOf(random, { millis });
    const traces = random.chance(0.5);
    const lines = records.flatMap((record, row) => [
      style({ ...record, time: write(table.times[row]) }),
      ...(traces && random.chance(0.1) ? TRACE : []),
    ]);
    const banner = random.chance(0.3) ? ["The server is starting", ""] : [];
    return { body: `${[...banner, ...lines].join("\n")}\n`, table };
  },
  "logs of several programs"(random) {
    // The one that stands behind the message is found where all lines have it only.
    const programs = random.sample(
      STYLES.filter((_, i) => i !== 4),
      random.int(2, 3),
    );
    const writes = programs.map((style) => ({ style, clock: random.pick(CLOCKS)[1] }));
    const { records, table } = recordsOf(random);
    const picked = records.map((_, row) =>
      row < 2 * writes.length ? row % writes.length : random.int(0, writes.length - 1),
    );
    const services = picked.map((program) => `${["web", "db", "jobs"][program]}-1`);
    const lines = records.map((record, row) => {
      const { style, clock } = writes[picked[row]];
      return `${services[row].padEnd(7)} | ${style({ ...record, time: clock(table.times[row]) })}`;
    });
    const [time, ...rest] = table.columns;
    return {
      body: `${lines.join("\n")}\n`,
      table: { ...table, columns: [time, column("service", "category", services), ...rest] },
    };
  },
  "logs without a time"(random) {
    const style = random.pick(TIMELESS);
    const { records, table } = recordsOf(random, { timed: false });
    return { body: `${records.map(style).join("\n")}\n`, table };
  },
  "syslog with dates"(random) {
    const { records, table } = recordsOf(random, { millis: true });
    const hosts = records.map(() => random.pick(HOSTS));
    const programs = records.map(() => random.pick(PROGRAMS));
    const priority = random.chance(0.5);
    const severity = { INFO: 6, WARN: 4, ERROR: 3, DEBUG: 7 };
    const lines = records.map(({ level, message, number }, row) => {
      const { date, seconds, millis } = partsOf(table.times[row]);
      const time = `${date}T${seconds}.${millis}Z`;
      return priority
        ? `<${8 + severity[level]}>1 ${time} ${hosts[row]} ${programs[row]} ${number} - - ${message}`
        : `${time} ${hosts[row]} ${programs[row]}[${number}]: ${message}`;
    });
    const [time, level] = table.columns;
    const rest = [column("host", "category", hosts), column("component", "category", programs)];
    return {
      body: `${lines.join("\n")}\n`,
      table: { ...table, columns: [time, ...(priority ? [level] : []), ...rest] },
    };
  },
  requests(random) {
    const rows = random.size(10, 200);
    const times = instants(random, rows, "second", { order: "events" });
    const each = (of) => Array.from({ length: rows }, of);
    const methods = each(() => random.pick(["GET", "GET", "POST", "HEAD"]));
    const statuses = each(() => random.pick([200, 200, 304, 404, 500]));
    const bytes = each(() => random.int(100, 90_000));
    const tooks = each(() => random.int(100, 999) / 1_000);
    const style = random.pick(["common", "combined", "bare", "balancer"]);
    const lines = times.map((at, row) => {
      const { date, seconds } = partsOf(at);
      const clock = `[${two(named(at).day)}/${named(at).month}/${named(at).year}:${seconds} +0000]`;
      const request = `"${methods[row]} /${random.pick(["", "a", "img/b.png", "api?q=1"])} HTTP/1.1" ${statuses[row]} ${bytes[row]}`;
      const client = `10.${random.int(0, 255)}.${random.int(0, 255)}.7`;
      if (style === "bare") return `${clock} ${request}`;
      if (style === "balancer")
        return `${date}T${seconds}Z lb-1 ${client}:${random.int(1_024, 60_000)} 10.0.0.${random.int(2, 4)}:80 ${tooks[row].toFixed(3)} ${request} "curl/8"`;
      return `${client} - - ${clock} ${request}${style === "combined" ? ' "-" "Mozilla/5.0 (X11)"' : ""}`;
    });
    return {
      body: `${lines.join("\n")}\n`,
      table: {
        times,
        columns: [
          { ...column("timestamp", "time", times), unnamed: true },
          column("method", "category", methods),
          column("status", "category", statuses),
          column("bytes", "value", bytes),
          ...(style === "balancer" ? [column("duration", "value", tooks)] : []),
        ],
      },
    };
  },
  "protocols of metrics"(random) {
    const rows = random.size(10, 200);
    const times = instants(random, rows, "second", { order: "events" });
    const sites = times.map(() => random.pick(["elm", "oak", "new harbour"]));
    const [first, second] = [0, 1].map(() =>
      times.map(() => Math.round(1_000 * (20 + 5 * random.normal())) / 1_000),
    );
    const time = { ...column("timestamp", "time", times), unnamed: true };
    if (random.chance(0.5)) {
      const paths = sites.map((site) => `farm.${site.replace(" ", "_")}.level`);
      return {
        body: `${times.map((at, row) => `${paths[row]} ${first[row]} ${at / 1_000}`).join("\n")}\n`,
        table: {
          times,
          columns: [time, column("metric", "category", paths), column("value", "value", first)],
        },
      };
    }
    const lines = times.map(
      (at, row) =>
        `climate,site=${sites[row].replace(" ", "\\ ")} warm=${first[row]},moist=${second[row]} ${at}000000`,
    );
    return {
      body: `${lines.join("\n")}\n`,
      table: {
        times,
        columns: [
          time,
          column(
            "measurement",
            "any",
            times.map(() => "climate"),
          ),
          column("site", "category", sites),
          column("warm", "value", first),
          column("moist", "value", second),
        ],
      },
    };
  },
  "reports by the clock"(random) {
    const rows = random.size(6, 60);
    const first = Date.UTC(random.int(2010, 2030), random.int(0, 11), random.int(1, 28), random.int(0, 10));
    const step = random.pick([60, 300, 600]) * 1_000;
    const times = Array.from({ length: rows }, (_, row) => first + (row + 1) * step);
    const half12 = random.chance(0.5);
    const clock = (at) => {
      const { seconds } = partsOf(at);
      return half12 ? `${hour12(seconds).padStart(8, "0")} ${half(seconds)}` : seconds;
    };
    const names = ["%user", "%system", "%idle"];
    const shares = names.map(() => times.map(() => Math.round(random.uniform() * 10_000) / 100));
    const cells = times.map(() => random.pick(["all", "0", "1"]));
    const header = (at) => `${clock(at)}     CPU ${names.map((name) => name.padStart(9)).join(" ")}`;
    const lines = times.flatMap((at, row) => [
      ...(row > 0 && row % 30 === 0 ? ["", header(at)] : []),
      `${clock(at)} ${cells[row].padStart(7)} ${shares.map((own) => own[row].toFixed(2).padStart(9)).join(" ")}`,
    ]);
    const title = `Linux 6.1.0-9-generic (mill)  ${partsOf(first).date}  _x86_64_  (2 CPU)`;
    const mean = `Average:     all ${names.map(() => "50.00".padStart(9)).join(" ")}`;
    return {
      body: `${[title, "", header(first), ...lines, mean].join("\n")}\n`,
      table: {
        times,
        columns: [
          { ...column("timestamp", "time", times), unnamed: true },
          column("CPU", "category", cells),
          ...names.map((name, i) => column(name, "value", shares[i])),
        ],
      },
    };
  },
  "what commands print"(random) {
    const rows = random.size(6, 40);
    const each = (of) => Array.from({ length: rows }, of);
    const owners = each(() => random.pick(["root", "ann", "www-data"]));
    const columns = [
      column("OWNER", "category", owners),
      column(
        "%CPU",
        "value",
        each(() => Math.round(random.uniform() * 200) / 10),
      ),
      column(
        "RES",
        "value",
        each(() => random.int(500, 99_000)),
      ),
      column(
        "%MEM",
        "value",
        each(() => Math.round(random.uniform() * 90) / 10),
      ),
      column(
        "COMMAND",
        "any",
        each(() => random.pick(["db --port 5432", "web", "worker: idle since noon"])),
      ),
    ];
    const widths = [10, 5, random.int(6, 9), 5];
    const line = (cells) =>
      cells
        .map((cell, i) =>
          i === 0 || i === 4
            ? String(cell).padEnd(widths[i] ?? 0)
            : (i % 2 === 1 && typeof cell === "number" ? cell.toFixed(1) : String(cell)).padStart(widths[i]),
        )
        .join(" ")
        .trimEnd();
    const lines = [
      line(columns.map(({ name }) => name)),
      ...owners.map((_, row) => line(columns.map(({ cells }) => cells[row]))),
    ];
    const above = random.pick([[], ["Tasks: 210 total,   1 running"], ["load average: 0.15, 0.22", ""]]);
    return { body: `${[...above, ...lines].join("\n")}\n`, table: { times: null, columns } };
  },
};
