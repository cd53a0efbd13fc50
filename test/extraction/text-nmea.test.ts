import { describe, expect, it } from "vitest";
import { countedLines, iso, linesIn, play } from "./support";

/** With the exclusive or of its characters behind it. */
const sentence = (body: string) => {
  const sum = [...body].reduce((all, char) => all ^ char.charCodeAt(0), 0);
  return `$${body}*${sum.toString(16).toUpperCase().padStart(2, "0")}`;
};
const position = (clock: string, minutes: string, height: number) =>
  sentence(`GPGGA,${clock},3348.${minutes},N,11821.126,W,1,05,1.7,${height},M,-32.4,M,,`);
const moved = (clock: string, minutes: string, day: string) =>
  sentence(
    `GPRMC,${clock},A,3348.${minutes},N,11821.126,W,1${minutes[2]}.5,20${minutes[2]}.4,${day},013.8,E`,
  );
const view = sentence("GPGSV,1,1,02,03,60,120,40,07,15,300,35");

describe("sentences of receivers", () => {
  it("of one moment are a row, with the day that was said last", () => {
    const text = `${[
      "# a receiver on a roof",
      position("235958", "605", 49.4),
      moved("235958", "605", "261002"),
      view,
      position("235959", "606", 49.5),
      moved("235959", "606", "261002"),
      position("000000", "608", 49.75),
      moved("000000", "608", "271002"),
      position("000001", "610", 50),
    ].join("\n")}\n`;
    const played = play(text);
    const { body, points } = played;
    expect(body.schema).toMatchObject({
      timestamp_field: "time",
      value_fields: ["latitude", "longitude", "speed", "course", "altitude", "satellites", "hdop"],
      category_fields: ["status", "fix_quality"],
      units: { speed: "knots", altitude: "m" },
    });
    expect(points.map(iso)).toEqual([
      "2002-10-26T23:59:58.000Z",
      "2002-10-26T23:59:59.000Z",
      "2002-10-27T00:00:00.000Z",
      "2002-10-27T00:00:01.000Z",
    ]);
    expect(points[0]!.fields).toMatchObject({ altitude: 49.4, speed: 15.5, satellites: 5 });
    expect(points[0]!.fields.latitude).toBeCloseTo(33.81008333, 7);
    expect(points[0]!.fields.longitude).toBeCloseTo(-118.3521, 7);
    expect(countedLines(played)).toBe(linesIn(text));
  });

  it("with a wrong checksum are reported", () => {
    const wrong = moved("100000", "605", "261002").replace("15.5", "95.5");
    const lines = Array.from({ length: 12 }, (_, i) => moved(`1000${10 + i}`, "605", "261002"));
    const { accounting, points } = play([...lines, wrong].join("\n"));
    expect(points).toHaveLength(12);
    expect(accounting.rejectedRows).toEqual([{ row: 13, reason: "the checksum of the sentence is wrong" }]);
  });

  it("without a day have no time that a row could have", () => {
    const { body } = play([1, 2, 3, 4].map((i) => position(`10000${i}`, "605", i)).join("\n"));
    expect(body.schema.timestamp_field).toBeNull();
    expect(body.schema.value_fields).toContain("altitude");
  });
});
