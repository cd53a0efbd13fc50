import { describe, expect, it } from "vitest";
import { detectFormat } from "../../src/extraction/detect/format";
import { iso, play } from "./support";

/** What the first record of a log says: its time, tags, attributes and numbers. */
function firstOf(lines: readonly string[]): Record<string, unknown> {
  const text = `${lines.join("\n")}\n`;
  expect(detectFormat(text)).toBe("text");
  const { points, accounting } = play(text, { receivedAt: Date.UTC(2024, 5, 1) });
  expect(accounting.rejectedRows).toEqual([]);
  const [first] = points;
  return { ...first!.attributes, ...first!.tags, ...first!.fields, at: iso(first), records: points.length };
}

const HEADS: [string, string[], Record<string, unknown>][] = [
  [
    "brackets without blanks between them",
    [
      "[2024-03-05T22:14:07,123][INFO ][o.acme.node.Node        ] [node-1] started in 12 ms",
      "[2024-03-05T22:14:08,123][WARN ][o.acme.disk.Watermark   ] [node-2] nearly full",
    ],
    { level: "INFO", component: "o.acme.node.Node", context: "node-1", message: "started in 12 ms" },
  ],
  [
    "a module, a function and a line between bars",
    [
      "2024-03-05 22:14:07.123 | SUCCESS  | app.jobs:run:42 - done",
      "2024-03-05 22:14:08.123 | INFO     | __main__:<module>:7 - ended",
    ],
    { level: "SUCCESS", component: "app.jobs", function: "run", line_number: "42", message: "done" },
  ],
  [
    "a file and a line in braces",
    [
      "[2024-03-05 22:14:07,123] {jobs.py:42} INFO - done",
      "[2024-03-05 22:14:08,123] {main.py:7} ERROR - failed",
    ],
    { level: "INFO", component: "jobs.py", line_number: "42", message: "done" },
  ],
  [
    "a file and a line before a colon",
    ["2024/03/05 22:14:07 main.go:40: listening", "2024/03/05 22:14:08 pool.go:12: full"],
    { component: "main.go", line_number: "40", message: "listening" },
  ],
  [
    "a class and a line behind a thread",
    [
      "5 Mar 2024 22:14:07,123 INFO  [main] org.acme.Master:184 - up",
      "5 Mar 2024 22:14:08,123 WARN  [pool-1-thread-3] org.acme.Lease:12 - lost",
    ],
    { level: "INFO", thread: "main", component: "org.acme.Master", line_number: "184", message: "up" },
  ],
  [
    "hosts with ports, which are no lines of files",
    [
      "2024-03-05 22:14:07 db-1:5432 was opened for the first time",
      "2024-03-05 22:14:08 db-1:5432 was closed after a while by nobody",
    ],
    { message: "db-1:5432 was opened for the first time" },
  ],
  [
    "a level and a worker in the bracket of the time",
    [
      "[2024-03-05 22:14:07,123: INFO/MainProcess] ready",
      "[2024-03-05 22:14:08,123: WARNING/PoolWorker-2] late",
    ],
    { level: "INFO", thread: "MainProcess", message: "ready" },
  ],
  [
    "a thread and a level in one bracket",
    ["[22:14:07] [Server thread/INFO]: Ann joined", "[22:14:08] [Worker-1/WARN]: slow"],
    { level: "INFO", thread: "Server thread", message: "Ann joined", at: null },
  ],
  [
    "level and logger between colons, and no time",
    ["INFO:root:up 12 ms", "WARNING:app.jobs:late", "ERROR:root:failed", "INFO:root:down"],
    { level: "INFO", component: "root", message: "up 12 ms", at: null, records: 4 },
  ],
  [
    "a logger in a bracket before the thread in another",
    [
      "2024-03-05 22:14:07,123 INFO  [org.acme.as.server] (MSC service thread 1-2) X100: up",
      "2024-03-05 22:14:08,123 WARN  [org.acme.as.pool] (Pool thread 4) X200: low",
    ],
    { level: "INFO", component: "org.acme.as.server", thread: "MSC service thread 1-2", message: "X100: up" },
  ],
  [
    "loggers with digits and dots, which are no hosts",
    [
      "2024-03-05 22:14:07,123 - urllib3.pool - INFO - opened",
      "2024-03-05 22:14:08,123 - app.jobs - INFO - began",
      "2024-03-05 22:14:09,123 - urllib3.retry - WARNING - again",
    ],
    { component: "urllib3.pool", level: "INFO", message: "opened" },
  ],
  [
    "milliseconds since the start, thread, level and logger",
    ["0 [main] INFO org.acme.App - up", "1204 [main] WARN org.acme.Pool - low"],
    { level: "INFO", thread: "main", component: "org.acme.App", message: "up", at: null },
  ],
  [
    "a database, with who asked where somebody did",
    [
      "2024-03-05 22:14:07.123 UTC [613] LOG:  checkpoint complete",
      "2024-03-05 22:14:08.123 UTC [77] app@shop ERROR:  relation is missing",
      "2024-03-05 22:14:08.123 UTC [77] app@shop STATEMENT:  SELECT 1",
      "\tFROM gone",
    ],
    { level: "LOG", pid: "613", message: "checkpoint complete", records: 3 },
  ],
  [
    "a letter, year, month and day glued",
    ["I20240305 22:14:07.123456 72865 main.cc:64] up", "W20240305 22:14:08.123456 72865 pool.cc:12] low"],
    { level: "I", component: "main.cc", line_number: "64", at: "2024-03-05T22:14:07.123Z" },
  ],
  [
    "facility, severity and mnemonic of a network device whose clock is not in step",
    [
      "*Mar  5 22:14:07.123: %LINK-3-UPDOWN: Interface Gi0/1, changed state to up",
      "*Mar  5 22:14:09.123: %SYS-5-CONFIG_I: Configured from console",
    ],
    { component: "LINK", level: "ERROR", event_id: "UPDOWN", at: "2024-03-05T22:14:07.123Z" },
  ],
  [
    "seconds since a kernel began",
    ["[    0.100000] usb 1-1: new device", "[   12.345678] eth0: link is up", "[   13.000001] ready"],
    { elapsed: "0.100000", message: "usb 1-1: new device", at: null, records: 3 },
  ],
  [
    "the stream of a container",
    [
      "2024-03-05T22:14:07.123456789Z stdout F listening on 80",
      "2024-03-05T22:14:08.123456789Z stderr P could not",
    ],
    { stream: "stdout", flag: "F", message: "listening on 80" },
  ],
  [
    "a process before a time in a bracket",
    [
      "Mar  5 22:14:07 lb1 proxy[14389]: 10.0.0.7:4711 [05/Mar/2024:22:14:07.123] in srv1 200",
      "Mar  5 22:14:08 lb1 proxy[14389]: 10.0.0.9:4712 [05/Mar/2024:22:14:08.123] in srv2 503",
    ],
    { host: "lb1", component: "proxy", pid: "14389", at: "2024-03-05T22:14:07.123Z" },
  ],
  [
    "who speaks at their end",
    [
      "[2024-03-05 22:14:07,123] INFO [Group 2]: Preparing to rebalance (acme.group.Coordinator)",
      "[2024-03-05 22:14:08,123] WARN [Log t-0]: Rolled (acme.log.Unified)",
      "java.io.IOException: gone",
      "\tat org.acme.A.run(A.java:42)",
    ],
    { level: "INFO", component: "acme.group.Coordinator", message: "Preparing to rebalance", records: 2 },
  ],
  [
    "a level on the line below",
    [
      "Mar 05, 2024 10:14:07 PM org.acme.Server start",
      "INFO: up in 31 ms",
      "Mar 05, 2024 10:14:08 PM org.acme.Pool close",
      "SEVERE: failed",
      "WARNING: this line is part of the message",
    ],
    { level: "INFO", component: "org.acme.Server", message: "start\nup in 31 ms", records: 2 },
  ],
  [
    "a day and no hour",
    [
      "2024-01-05 Installed the new pump in the cellar",
      "2024-01-07 Pump failed, called Ann",
      "2024-02-01 Replaced the valve",
      "  and cleaned the filter",
    ],
    { at: "2024-01-05T00:00:00.000Z", message: "Installed the new pump in the cellar", records: 3 },
  ],
  [
    "nicks in angle brackets",
    Array.from({ length: 8 }, (_, i) => `[22:1${i}] <${i % 2 ? "ann" : "bob"}> line ${i}`),
    { component: "bob", message: "line 0", at: null },
  ],
  [
    "names of two words before a colon, and a clock of twelve hours",
    Array.from({ length: 12 }, (_, i) => `3/${20 + i}/24, 9:14 PM - ${i % 2 ? "Ann Lee" : "Bob"}: line ${i}`),
    { component: "Bob", message: "line 0", at: "2024-03-20T21:14:00.000Z" },
  ],
];

describe("heads of logs", () => {
  it.each(HEADS)("have %s", (_, lines, expected) => {
    expect(firstOf(lines)).toMatchObject(expected);
  });

  it.each([
    ["2024-03-05 10:14:07 PM", "2024-03-05T22:14:07.000Z"],
    ["2024-03-05 12:14:07 a.m.", "2024-03-05T00:14:07.000Z"],
    ["20240305221407", "2024-03-05T22:14:07.000Z"],
    ["20240305 221407.5", "2024-03-05T22:14:07.500Z"],
    ["Tue, 05 Mar 2024 22:14:07 +0100", "2024-03-05T21:14:07.000Z"],
    ["Tue Mar  5 22:14:07 2024 +0100", "2024-03-05T21:14:07.000Z"],
    ["05 Mar 22:14:07.123", "2024-03-05T22:14:07.123Z"],
    ["1709676847123000000", "2024-03-05T22:14:07.123Z"],
    [".Mar  5 22:14:07", "2024-03-05T22:14:07.000Z"],
  ])("have times like %s", (time, at) => {
    expect(firstOf([`${time} INFO up again`, `${time} WARN down again`])).toMatchObject({
      at,
      level: "INFO",
      message: "up again",
    });
  });
});

describe("pairs", () => {
  it("have their time in a stamp of the audit daemon, which stays what it is", () => {
    const lines = ["SYSCALL", "PATH", "SYSCALL"].map(
      (type, i) =>
        `type=${type} msg=audit(170967684${7 + i}.123:${500 + i}): syscall=59 success=yes comm="cat"`,
    );
    const [first] = play(`${lines.join("\n")}\n`).points;
    expect(iso(first)).toBe("2024-03-05T22:14:07.123Z");
    expect(first).toMatchObject({
      tags: { type: "SYSCALL", success: "yes", comm: "cat" },
      attributes: { msg: "audit(1709676847.123:500):" },
    });
  });
});

describe("statements", () => {
  it("are no table of what their last marks part", () => {
    expect(detectFormat("# one: a\nSELECT 1;\n# two: b\nSELECT 2;\n# three\n")).toBe("text");
    expect(detectFormat("a;b\n1;2\n3;\n")).toBe("csv");
  });
});

describe("what begins like JSON", () => {
  it("is a log where a number in brackets is the first of more", () => {
    expect(detectFormat("[0.5] began\n[1.5] ended\n")).toBe("text");
    expect(detectFormat("[05.03.24, 22:14:07] Ann: hi\n")).toBe("text");
  });

  it.each(["[1, 2, 3]", "[0.5]", "[\n  12.5,\n  13\n]", "[-1e5\n]"])("is JSON: %j", (text) => {
    expect(detectFormat(text)).toBe("json");
  });

  it("is read object by object among lines of another kind", () => {
    const objects = Array.from({ length: 5 }, (_, i) =>
      JSON.stringify({ time: `2024-03-05T22:14:0${i}Z`, level: 30, load: i + 0.5, msg: "done" }),
    );
    const { body, accounting } = play(["> node server.js", "", ...objects, ""].join("\n"));
    expect(body.format).toBe("ndjson");
    expect(accounting).toMatchObject({ processed: 5, rejected: 1 });
    expect(body.schema).toMatchObject({ timestamp_field: "time", value_fields: ["load"] });
  });
});

it("sees no log in sentences that say a word in capitals", () => {
  const { body } = play("The SYSTEM is down again.\nThe AUDIT begins in May.\nThe PANIC was great.\n");
  expect(body.schema.category_fields).not.toContain("level");
});
