import { describe, expect, it } from "vitest";
import { play } from "./support";

const times = ["2024-05-06 07:08:09", "2024-05-06 07:09:10", "2024-05-06 07:10:44", "2024-05-06 07:13:00"];
const messages = [
  "took 31 ms and came late",
  "was refused by the guard",
  "took 7 ms and came back",
  "is waiting still",
];

describe("rows of times and words under a row of names", () => {
  it.each([",", ";", "\t", "|"])("are a table parted by %j, however much they look like a log", (mark) => {
    const rows = times.map((time, i) => [time, "WARN", "mailer", messages[i], String(12 + i)].join(mark));
    const { body } = play(
      [["time", "level", "service", "message", "load"].join(mark), ...rows, ""].join("\n"),
    );
    expect(body.format).toBe("csv");
    expect(body.records_processed).toBe(times.length);
    expect(body.schema.timestamp_field).toBe("time");
    expect(body.schema.value_fields).toEqual(["load"]);
    expect(body.schema.category_fields).toEqual(expect.arrayContaining(["level", "service"]));
  });

  it("are a table with times between quotes that hold commas", () => {
    const quoted = times.map(
      (time, i) => `"${new Date(`${time}Z`).toUTCString()}",${20 + i}.5,${messages[i]}`,
    );
    const { body } = play(["seen,load,remark", ...quoted, ""].join("\n"));
    expect(body.format).toBe("csv");
    expect(body.schema.value_fields).toEqual(["load"]);
  });

  it("are a table under an index without a name and names that come twice", () => {
    const rows = times.map((time, i) => `${i},${time},${messages[i]},${i}.5,${i * 2}.5`);
    const { body } = play([",time,remark,load,load", ...rows, ""].join("\n"));
    expect(body.format).toBe("csv");
    expect(body.schema.value_fields).toHaveLength(2);
  });

  it("are a log where the first line is one of its own", () => {
    const lines = times.map((time, i) => `${time} | WARN | mailer | ${messages[i]}`);
    expect(play(`${lines.join("\n")}\n`).body.format).toBe("text");
  });

  it.each(["\t", "; "])(
    "are a table without names where %j parts every line alike, whatever its levels",
    (mark) => {
      const lines = ["WARN", "INFO", "ERROR"].map((level, i) =>
        [`${40 + i}`, level, messages[i], `${i}.5`].join(mark),
      );
      expect(play(`${lines.join("\n")}\n`).body.format).toBe("csv");
    },
  );
});
