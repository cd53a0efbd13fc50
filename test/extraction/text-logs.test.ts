import { describe, expect, it } from "vitest";
import { detectFormat } from "../../src/extraction/detect/format";
import { readText } from "../../src/extraction/formats/text";
import { countedLines, iso, linesIn, play } from "./support";

/** The first row of a text by the names of its columns, without the cells in which nothing stands. */
function firstRow(text: string): Record<string, unknown> {
  expect(detectFormat(text)).toBe("text");
  const [table] = readText(text);
  const [row] = table!.rows;
  return Object.fromEntries(
    table!.columns.flatMap((name, i) => {
      const cell = row!.cells[i] ?? null;
      return cell === null ? [] : [[name, cell]];
    }),
  );
}

// One style of writing a log each: its lines, and what the first of them says.
const STYLES: [string, string[], Record<string, unknown>][] = [
  [
    "log4j with yy/MM/dd",
    [
      "19/02/03 07:00:01 INFO exec.Worker: Finished stage 4 in 12 ms",
      "19/02/03 07:00:02 WARN exec.Worker: Finished stage 5 in 380 ms",
      "19/02/03 07:00:02 INFO store.Cache: Cache is warm",
    ],
    {
      timestamp: "19/02/03 07:00:01",
      level: "INFO",
      component: "exec.Worker",
      message: "Finished stage 4 in 12 ms",
      template: "Finished stage <*> in <*> ms",
      duration: 12,
    },
  ],
  [
    "thread, class and line in one bracket",
    [
      "2016-03-01 08:15:20,005 - INFO  [main:Config$Reader@71] - Read 4 peers",
      "2016-03-01 08:15:21,006 - WARN  [worker-2:Channel$Out@310] - Leaving",
    ],
    {
      timestamp: "2016-03-01 08:15:20.005",
      level: "INFO",
      thread: "main",
      component: "Config$Reader",
      line_number: "71",
      message: "Read 4 peers",
    },
  ],
  [
    "node, component and line in one bracket, where threads are called after connections",
    [
      "2016-03-01 08:15:20,005 - INFO  [Peer[id=3]/10.0.0.3:2181:Election@71] - New round 4",
      "2016-03-01 08:15:21,006 - WARN  [Sender:77:Channel$Out@310] - Leaving",
    ],
    {
      timestamp: "2016-03-01 08:15:20.005",
      level: "INFO",
      node: "Peer[id=3]/10.0.0.3",
      component: "2181:Election",
      line_number: "71",
      class: "Election",
      message: "New round 4",
    },
  ],
  [
    "level, thread in brackets, class and colon",
    [
      "2016-03-01 08:15:20,005 INFO [main] org.acme.app.Master: Created for job_7",
      "2016-03-01 08:15:21,005 ERROR [Pool Worker 2] org.acme.app.Lease: Lost",
    ],
    { level: "INFO", thread: "main", component: "org.acme.app.Master", message: "Created for job_7" },
  ],
  [
    "digits only, yyMMdd HHmmss and a process",
    [
      "120214 091503 77 INFO store.Node$Receiver: Block b_77 of size 1048576 arrived",
      "120214 091504 78 WARN store.Node$Receiver: Block b_78 of size 4096 arrived",
    ],
    { timestamp: "2012-02-14 09:15:03", pid: "77", component: "store.Node$Receiver", size: 1_048_576 },
  ],
  [
    "syslog without a year (RFC 3164)",
    [
      "Mar  9 04:05:06 gate sshd(pam)[611]: session opened for ann",
      "Mar  9 04:05:07 gate kernel: eth0 is up",
      "Mar  9 04:05:09 gate syslogd 1.4: restart.",
    ],
    {
      timestamp: "Mar 9 04:05:06",
      host: "gate",
      component: "sshd(pam)",
      pid: "611",
      message: "session opened for ann",
    },
  ],
  [
    "syslog with a priority",
    ["<38>Mar  9 04:05:06 10.0.0.9 cron[12]: began", "<35>Mar  9 04:05:08 10.0.0.9 cron[12]: failed"],
    { level: "INFO", facility: "auth", host: "10.0.0.9", component: "cron", pid: "12", message: "began" },
  ],
  [
    "syslog of RFC 5424",
    [
      '<165>1 2024-02-03T04:05:06.007Z gate.acme.org app 12 ID7 [meter@1 temp="21.5" site="a\\]b"] measured',
      "<34>1 2024-02-03T04:05:07.007Z gate.acme.org su - - - refused",
    ],
    {
      level: "NOTICE",
      facility: "local4",
      timestamp: "2024-02-03T04:05:06.007Z",
      host: "gate.acme.org",
      component: "app",
      pid: "12",
      event_id: "ID7",
      message: "measured",
      temp: "21.5",
      site: "a]b",
    },
  ],
  [
    "process names with blanks and addresses, as desktops write them",
    [
      "Aug  1 09:00:55 book-7 kernel[0]: en0: link up",
      "Aug  1 09:01:06 book-7 Word Processor[345]: saved in 12 ms",
      "Aug  1 09:06:41 book-7 com.acme.xpc[1] (com.acme.worker[23]): could not start",
    ],
    { host: "book-7", component: "kernel", pid: "0", message: "en0: link up" },
  ],
  [
    "an epoch, a date and a clock before level and component",
    [
      "- 1117838570 2005.06.03 R1-N0:J12 2005-06-03-15.42.50.363779 R1-N0:J12 RAS KERNEL INFO cache error corrected",
      "MEMFAIL 1117838573 2005.06.03 R2-N0:J11 2005-06-03-15.42.53.276129 R2-N0:J11 RAS APP FATAL memory failed",
    ],
    {
      label: "-",
      timestamp: "1117838570",
      host: "R1-N0:J12",
      category: "RAS",
      component: "KERNEL",
      level: "INFO",
      local_time: "2005-06-03 15:42:50.363779",
      message: "cache error corrected",
    },
  ],
  [
    "an epoch before the head of a syslog",
    [
      "- 1131566461 2005.11.09 n28 Nov 9 12:01:01 n28/n28 crond(pam)[2915]: session closed",
      "- 1131566479 2005.11.09 adm1 Nov 9 12:01:19 local@adm1 postfix/drop[10896]: warning: no such file",
    ],
    { timestamp: "1131566461", host: "n28", location: "n28/n28", component: "crond(pam)", pid: "2915" },
  ],
  [
    "an epoch in the middle of the head",
    [
      "134681 node-246 unix.hw state.unavailable 1077804742 1 Component is in the unavailable state (id=1973)",
      "350766 node-109 unix.hw state.available 1084680778 1 Component is in the available state (id=3180)",
    ],
    { id: "134681", host: "node-246", component: "unix.hw", category: "state.unavailable", flag: "1" },
  ],
  [
    "columns padded with blanks",
    [
      "2018-01-28 04:30:30, Info                  SVC    Loaded stack v6.1 with core",
      "2018-01-28 04:30:31, Error                 PKG    Could not open 0x8007",
    ],
    {
      timestamp: "2018-01-28 04:30:30",
      level: "Info",
      component: "SVC",
      message: "Loaded stack v6.1 with core",
    },
  ],
  [
    "logcat, thread time",
    [
      "03-17 16:13:38.811  1702  2395 D WindowManager: opening 4 windows",
      "03-17 16:13:38.819  1702  8671 W PowerService: lock=2335, held",
    ],
    {
      timestamp: "03-17 16:13:38.811",
      pid: "1702",
      thread_id: "2395",
      level: "D",
      component: "WindowManager",
      message: "opening 4 windows",
    },
  ],
  [
    "logcat, brief",
    ["D/WindowManager( 1702): opening", "W/PowerService(  171): held"],
    { level: "D", component: "WindowManager", pid: "1702", message: "opening" },
  ],
  [
    "bars between the slots, numbers without zeros in front",
    [
      "20171223-22:15:29:606|Step_Count|30002312|onStep 3579",
      "20171224-0:7:20:4|Step_Report|30002312|onReceive screen",
    ],
    {
      timestamp: "2017-12-23 22:15:29.606",
      component: "Step_Count",
      pid: "30002312",
      message: "onStep 3579",
    },
  ],
  [
    "month.day in brackets and a program before a dash",
    [
      "[10.30 16:49:06] chrome.exe - proxy.acme.org:5070 close, 403 bytes sent, 1.5 KB received",
      "[10.30 16:49:07] mail.exe *64 - imap.acme.org:993 close, 12 bytes sent, 2 KB received",
    ],
    { timestamp: "10.30 16:49:06", component: "chrome.exe", bytes_sent: 403, bytes_received: 1_536 },
  ],
  [
    "a file's name in front, and requests in brackets",
    [
      'api.log.1 2017-05-16 00:00:00.008 25746 INFO api.wsgi.server [req-1 u 5 - - -] 10.0.0.1 "GET /v2" status: 200 len: 1893 time: 0.25',
      'api.log.1 2017-05-16 00:00:01.008 25746 INFO api.wsgi.server [req-2 u 5 - - -] 10.0.0.1 "GET /v2" status: 200 len: 1910 time: 0.26',
    ],
    {
      source_file: "api.log.1",
      pid: "25746",
      level: "INFO",
      component: "api.wsgi.server",
      context: "req-1 u 5 - - -",
      len: 1893,
      time: 0.25,
    },
  ],
  [
    "a web server's errors",
    [
      "[Fri Sep 09 10:42:29.902022 2011] [core:error] [pid 35708:tid 4328] [client 72.15.99.187:55] No file /a/b",
      "[Fri Sep 09 10:42:30.902022 2011] [mpm:notice] [pid 35708:tid 4328] resuming",
    ],
    {
      timestamp: "2011-09-09 10:42:29.902022",
      component: "core",
      level: "error",
      pid: "35708",
      thread_id: "4328",
      client: "72.15.99.187",
      message: "No file /a/b",
    },
  ],
  [
    "process and thread with a number sign",
    [
      "2024/01/01 10:00:00 [error] 12#34: *5 open() failed",
      "2024/01/01 10:00:01 [warn] 12#34: *6 upstream timed out",
    ],
    { level: "error", pid: "12", thread_id: "34", message: "*5 open() failed" },
  ],
  [
    "logger and level between dashes, as Python writes",
    ["2024-01-01 10:00:00,123 - my.module - INFO - Up", "2024-01-01 10:00:01,456 - root - WARNING - Low"],
    { component: "my.module", level: "INFO", message: "Up" },
  ],
  [
    "level, process, dashes, thread and a padded logger",
    [
      "2024-05-01T10:00:00.123+02:00  INFO 12345 --- [           main] c.e.demo.App         : Starting",
      "2024-05-01T10:00:01.123+02:00  WARN 12345 --- [exec-1] o.h.e.j.Exceptions   : SQL error",
    ],
    { level: "INFO", pid: "12345", thread: "main", component: "c.e.demo.App", message: "Starting" },
  ],
  [
    "a letter, month and day glued",
    [
      "I0102 15:04:05.123456    1234 server.go:12] Started in 12.5ms",
      "W0102 15:04:06.123456    1234 server.go:99] Took 1.5s",
    ],
    {
      level: "I",
      timestamp: "Jan 2 15:04:05.123456",
      thread_id: "1234",
      component: "server.go",
      line_number: "12",
      duration: 12.5,
    },
  ],
  [
    "JSON behind a head",
    [
      '2024-05-01T10:00:00.123Z stdout {"level":"info","msg":"got 12","took":12,"http":{"status":200}}',
      '2024-05-01T10:00:01.123Z stdout {"level":"warn","msg":"got 13","took":99,"http":{"status":500}}',
    ],
    { level: "info", took: 12, "http.status": 200, template: "got <*>" },
  ],
  [
    "logfmt",
    [
      'time=2024-05-01T10:00:00Z level=info msg="user 5 logged in" duration=1.5s user="ann b"',
      'time=2024-05-01T10:00:01Z level=warn msg="user 6 logged in" duration=250ms user=bob',
    ],
    {
      level: "info",
      msg: "user 5 logged in",
      template: "user <*> logged in",
      duration: 1_500,
      user: "ann b",
    },
  ],
  [
    "requests to a web server, combined",
    [
      '203.0.113.5 - ann [12/Mar/2024:06:25:24 +0100] "GET /a?b=c HTTP/1.1" 200 1234 "https://x.org/" "Mozilla/5.0 (\\"q\\")" 0.123',
      '203.0.113.6 - - [12/Mar/2024:06:25:25 +0100] "\\x16\\x03" 400 0 "-" "-" 0.001',
    ],
    {
      client: "203.0.113.5",
      user: "ann",
      timestamp: "2024-03-12 06:25:24+0100",
      method: "GET",
      path: "/a?b=c",
      protocol: "HTTP/1.1",
      status: "200",
      bytes: "1234",
      referrer: "https://x.org/",
      user_agent: 'Mozilla/5.0 (\\"q\\")',
      duration: "0.123",
    },
  ],
  [
    "W3C extended",
    [
      "#Version: 1.0",
      "#Fields: date time s-ip cs-method cs-uri-stem sc-status time-taken",
      "2024-01-01 00:00:01 10.0.0.1 GET /index.html 200 15",
      "2024-01-01 00:00:02 10.0.0.1 POST /api 500 150",
    ],
    { date: "2024-01-01", time: "00:00:01", "cs-method": "GET", "sc-status": "200", "time-taken": "15" },
  ],
];

describe("styles of logs", () => {
  it.each(STYLES)("reads %s", (_, lines, expected) => {
    expect(firstRow(`${lines.join("\n")}\n`)).toMatchObject(expected);
  });

  it.each(STYLES)("gives a record for every line of %s", (_, lines) => {
    const text = `${lines.join("\n")}\n`;
    const played = play(text);
    expect(played.accounting.rejectedRows).toEqual([]);
    expect(countedLines(played)).toBe(linesIn(text));
  });
});

describe("the records of a log", () => {
  const trace = [
    "2024-05-01 10:00:00,123 ERROR core.Net: the call failed",
    "java.io.IOException: no route",
    "\tat core.Net.call(Net.java:80)",
    "",
    "\tat core.Main.main(Main.java:5)",
    "2024-05-01 10:00:01,456 INFO core.Net: the call went through",
  ].join("\n");

  it("takes lines that continue one into its message, and counts them", () => {
    const played = play(trace);
    expect(played.points).toHaveLength(2);
    expect(played.points[0]!.attributes!.message).toBe(
      "the call failed\njava.io.IOException: no route\n\tat core.Net.call(Net.java:80)\n\tat core.Main.main(Main.java:5)",
    );
    expect(played.body.skipped).toMatchObject({ continued: 3, blank: 1 });
    expect(countedLines(played)).toBe(6);
  });

  it("is not thrown off by traces longer than all records", () => {
    const records = Array.from({ length: 5 }, (_, i) =>
      [
        `2024-05-01 10:00:0${i},123 ERROR core.Net: call ${i} failed`,
        ...new Array<string>(40).fill("\tat a.b.C(D.java:1)"),
      ].join("\n"),
    ).join("\n");
    expect(play(records).points).toHaveLength(5);
  });

  it("counts a banner above the first record, and says what of an endless record it does not keep", () => {
    const text = `Service 4.2\n${trace}\n${"\tat a.b.C(D.java:1)\n".repeat(2_000)}`;
    const { body } = play(text);
    expect(body.skipped).toMatchObject({ preamble: 1, continued: 2_003 });
    expect(body.warnings.join()).toMatch(
      /line\(s\) that continue a message of over 16000 characters are not kept/,
    );
  });

  it("does not take lines behind one that is too long for part of another record", () => {
    const [first, ...rest] = trace.split("\n");
    const { accounting } = play([first, "y".repeat(20_000), ...rest].join("\n"));
    expect(accounting.rejectedRows.map(({ row }) => row)).toEqual([2, 3, 4, 6]);
    expect(accounting.processed).toBe(2);
  });

  it("reads through the colours of a terminal", () => {
    const line = (i: number) =>
      `\u001b[32m2024-05-01 10:00:0${i},123 INFO core.Net: call ${i} went through\u001b[0m`;
    const { points } = play([1, 2, 3].map(line).join("\n"));
    expect(points[0]).toMatchObject({
      tags: { level: "INFO", component: "core.Net" },
      attributes: { message: "call 1 went through" },
    });
  });

  it("keeps ports, process and line numbers out of the values", () => {
    const line = (i: number) =>
      `2024-05-01 10:00:0${i},123 INFO [7] core.Net: port=808${i} pid=${i} code: ${i} size=${i}00 took ${i} ms`;
    const { body } = play([1, 2, 3, 4].map(line).join("\n"));
    expect(body.schema.value_fields).toEqual(["size", "duration"]);
    expect(body.schema.units).toEqual({ duration: "ms" });
  });

  it("takes no unit for a name, and no name of one of many things for that of a measure", () => {
    const line = (i: number) =>
      `2024-05-01 10:00:0${i},123 INFO a.Mem: task t_${i % 2}: ${i}.5 MB of 2 GB, free 3 MB`;
    expect(play([1, 2, 3, 4].map(line).join("\n")).body.schema.value_fields).toEqual(["free"]);
  });

  it("keeps a time that cannot be read as text of its row", () => {
    const { body, points } = play(
      "10:00:00.123 [main] INFO  a.App - up\n10:00:01.123 [main] WARN  a.App - down\n",
    );
    expect(points[0]!.attributes).toMatchObject({ timestamp: "10:00:00.123", message: "up" });
    expect(body.warnings.join()).toContain("no date");
  });

  it("gives one unit to a measure that is written in several", () => {
    const sizes = ["17.5 KB", "512 B", "2 MB"];
    const lines = sizes.map(
      (size, i) => `2024-05-01 10:00:0${i},000 INFO a.Store: stored, free ${size} in disk`,
    );
    const { points, body } = play(lines.join("\n"));
    expect(points.map(({ fields }) => fields.free)).toEqual([17_920, 512, 2_097_152]);
    expect(body.schema.units.free).toBe("B");
  });

  it("prefers an instant to a clock without a zone beside it", () => {
    const { points } = play(STYLES.find(([name]) => name.startsWith("an epoch, a date"))![1].join("\n"));
    expect(points.map(iso)[0]).toBe("2005-06-03T22:42:50.000Z");
  });

  it("says that the times have no year", () => {
    const { body } = play(STYLES.find(([name]) => name.startsWith("syslog without"))![1].join("\n"));
    expect(body.warnings.join()).toContain("have no year, and nothing tells it");
  });

  it("takes the year from a message that quotes its day, and turns it at the end of December", () => {
    const { points, body } = play(
      [
        "Dec 30 23:00:00 gate app[1]: start",
        "Dec 31 23:59:59 gate app[1]: connection at Sat Dec 31 23:59:58 2011 from 10.0.0.1",
        "Jan  1 00:00:01 gate app[1]: happy",
        "Dec 31 23:59:59 gate app[2]: late",
        "Feb 29 00:00:01 gate app[1]: leap",
      ].join("\n"),
    );
    expect(points.map(iso)).toEqual([
      "2011-12-30T23:00:00.000Z",
      "2011-12-31T23:59:59.000Z",
      "2012-01-01T00:00:01.000Z",
      "2011-12-31T23:59:59.000Z",
      "2012-02-29T00:00:01.000Z",
    ]);
    expect(body.warnings.join()).toContain("as of 2011, as the data say");
  });

  it("is no list of keys, though clocks have colons", () => {
    const lines = Array.from(
      { length: 40 },
      (_, i) => `Oct 1${i % 9} 01:${10 + i}:00 gate app[${i}]: step ${i}`,
    );
    expect(play(lines.join("\n")).body.schema.category_fields).toContain("component");
  });

  it("leaves a sentence with a colon whole", () => {
    const { points } = play(
      "2024-05-01 10:00:00 Backup done: all is well\n2024-05-01 10:00:09 Checked three volumes of the store\n2024-05-01 10:00:19 Nothing else was to be done\n",
    );
    expect(points[0]!.attributes!.message).toBe("Backup done: all is well");
  });

  it("rejects requests that do not begin like the others", () => {
    const lines = STYLES.find(([name]) => name.startsWith("requests"))![1];
    const { accounting } = play([...lines, ...lines, ...lines, "garbage"].join("\n"));
    expect(accounting.rejectedRows).toEqual([
      { row: 7, reason: "the line does not begin like a request to a web server" },
    ]);
  });

  it("follows a second directive of fields, and rejects lines that have unknown ones", () => {
    const { points, accounting } = play(
      [
        "#Fields: date time sc-status time-taken",
        "2024-01-01 00:00:01 200 15",
        "#Fields: time-taken date time sc-status",
        "16 2024-01-01 00:00:02 404",
        "#Fields: date time x-new",
        "2024-01-01 00:00:03 1",
      ].join("\n"),
    );
    expect(points.map(({ fields }) => fields["time-taken"])).toEqual([15, 16]);
    expect(accounting.rejectedRows.map(({ row }) => row)).toEqual([6]);
  });
});
