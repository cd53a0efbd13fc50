import { describe, expect, it } from "vitest";
import { AppError } from "../../src/core/errors";
import { binaryFormat } from "../../src/extraction/detect/binary";
import { readHtml } from "../../src/extraction/formats/html";
import { HTML_LIMITS } from "../../src/extraction/formats/html/limits";
import { type HtmlHandler, TagScanner } from "../../src/extraction/formats/html/tag-scanner";
import { readTables } from "../../src/extraction/read";
import { seededRandom } from "../support/series";
import { rowsCounted, rowsOf } from "./xlsx-support";

const bytes = (text: string) => new TextEncoder().encode(text);
const latin1 = (text: string) => Uint8Array.from(text, (one) => one.charCodeAt(0));
const page = (body: string, head = "") => `<html><head>${head}</head><body>${body}</body></html>`;
const row = (...cells: (string | number)[]) => `<tr>${cells.map((cell) => `<td>${cell}</td>`).join("")}</tr>`;
const READINGS = row("day", "depth") + row("2024-03-01", 1.5) + row("2024-03-02", 1.7);

async function refusal(body: Uint8Array): Promise<string> {
  try {
    await readHtml(body);
    return "";
  } catch (error) {
    if (error instanceof AppError) return error.failure.code;
    throw error;
  }
}

describe("a page", () => {
  it("is told by a table in it, whatever name it came under", () => {
    const told = (text: string) => binaryFormat(bytes(text));
    expect(told(page(`<table>${READINGS}</table>`))).toBe("html");
    expect(told(`\n<!-- made by a shop -->\n<TABLE border=1>${READINGS}</TABLE>`)).toBe("html");
    expect(told(`<?xml version="1.0"?><!DOCTYPE html>${page(`<table>${READINGS}</table>`)}`)).toBe("html");
    expect(told(page(`${"<p>words</p>".repeat(20_000)}<table>${READINGS}</table>`))).toBe("html");
    expect(told(page("<p>No table at all, 12 words of 2024</p>"))).toBeNull();
    expect(told("<rows><tr><td>1</td></tr></rows>")).toBeNull();
    expect(told("<34>1 2024-01-01T00:00:00Z host app - - <table> full")).toBeNull();
  });

  it("is told in UTF-16 too", async () => {
    const text = `\ufeff${page(`<table>${READINGS}</table>`)}`;
    const body = new Uint8Array(Uint16Array.from(text, (one) => one.charCodeAt(0)).buffer);
    expect(binaryFormat(body)).toBe("html");
    expect(rowsOf((await readHtml(body))[0])).toEqual([
      ["2024-03-01", "1.5"],
      ["2024-03-02", "1.7"],
    ]);
  });

  it("is read where it comes as text", async () => {
    const { tables } = await readTables({ body: `<table>${READINGS}</table>` });
    expect(tables.map(({ format, table }) => [format, table.columns])).toEqual([["html", ["day", "depth"]]]);
  });
});

describe("a table of a page", () => {
  it("counts every row once, titles and blank rows apart", async () => {
    const [table] = await readHtml(
      bytes(
        page(
          `<table><tr><td colspan=2>Gauge of the mill</td></tr><tr></tr>${READINGS}${row("Total", 3.2)}</table>`,
        ),
      ),
    );
    expect(table!.columns).toEqual(["day", "depth"]);
    expect(table!.skipped).toMatchObject({ preamble: 1, totals: 1 });
    expect(rowsCounted(table!)).toBe(6);
  });

  it("is read from tags as they are found", async () => {
    const [table] = await readHtml(
      bytes(`<TABLE BORDER><caption>Depth <b>gauge</b></caption><TR><TH nowrap>When<TH>Depth<br>in&nbsp;m<sup>[1]</sup><TH title="a > b">Note
        <TR><TD>2024-03-01 10:00<TD>1.25<TD>a < b &amp; c
        <TR><TD>2024-03-01 11:00<TD>1.30<sup>[2]</sup><TD><script>"<td>9</td>"</script><!-- <td>8</td> -->x
        </TABLE>`),
    );
    expect(table!.name).toBe("Depth gauge");
    expect(table!.columns).toEqual(["When", "Depth in m", "Note"]);
    expect(rowsOf(table)).toEqual([
      ["2024-03-01 10:00", "1.25", "a < b & c"],
      ["2024-03-01 11:00", "1.30", "x"],
    ]);
  });

  it("keeps its columns where cells stretch over rows and columns", async () => {
    const [table] = await readHtml(
      bytes(
        `<table><tr><th rowspan=2>site</th><th colspan=2>north</th><th colspan=2>south</th></tr>
        <tr><th>low</th><th>high</th><th>low</th><th>high</th></tr>
        <tr><td rowspan=2>mill</td><td>1</td><td>2</td><td>3</td><td>4</td></tr>
        <tr><td>5</td><td>6</td><td>7</td><td>8</td></tr>
        <tr><td>weir</td><td>9</td><td rowspan=2>10</td><td>11</td><td>12</td></tr>
        <tr><td>lock</td><td>13</td><td>14</td><td>15</td></tr></table>`,
      ),
    );
    expect(table!.columns).toHaveLength(5);
    expect(table!.columns[1]).toBe("north low");
    const rows = rowsOf(table);
    expect(rows[1]).toEqual(["mill", "5", "6", "7", "8"]);
    // A number that stretches over rows is one number: filled down it would be summed twice.
    expect(rows[3]).toEqual(["lock", "13", null, "14", "15"]);
  });

  it("within a cell is a table of its own, and one of a single row or column is layout", async () => {
    const inner = (unit: string) =>
      `<table>${row("day", unit)}${row("2024-01-01", 1)}${row("2024-01-02", 2)}</table>`;
    const tables = await readHtml(
      bytes(page(`<table><tr><td>menu</td><td>${inner("mm")}${inner("hPa")}</td></tr></table>`)),
    );
    expect(tables.map(({ columns }) => columns)).toEqual([
      ["day", "mm"],
      ["day", "hPa"],
    ]);
  });

  it("has what is shown, not what is hidden within its cells", async () => {
    const [table] = await readHtml(
      bytes(
        `<table>${row("city", "people")}
        <tr><td><span style="display: none">key <span>b</span></span>Bonn<td><i style='color:red;display:none'>7006<td>330,000
        ${row("Köln", '<b style="display:none"/>1,000,000')}</table>`,
      ),
    );
    expect(rowsOf(table)).toEqual([
      ["Bonn", null, "330,000"],
      ["Köln", "1,000,000", null],
    ]);
  });

  it("is found again at the place that a plan names", async () => {
    const other = row("day", "rain") + row("2024-03-01", 4) + row("2024-03-02", 5);
    const body = bytes(
      page(
        `<table><caption>Gauge</caption>${READINGS}</table><table><caption>Gauge</caption>${other}</table>`,
      ),
    );
    const [, second] = await readHtml(body);
    const again = await readHtml(body, [{ place: second!.place }]);
    expect(again.map((table) => [table.name, rowsOf(table)])).toEqual([[second!.name, rowsOf(second)]]);
  });

  it("has the values that a spreadsheet program wrote beside what it shows", async () => {
    const [table] = await readHtml(
      bytes(
        `<table>${row("day", "depth", "share")}
        <tr><td sdval="45352" sdnum="1033;0;DD/MM/YY">01/03/24</td><td x:num="1.23456">1.2</td><td x:num="0.5">50%</td></tr>
        <tr><td sdval="45353" sdnum="1033;0;DD/MM/YY">02/03/24</td><td x:num>1.5</td><td x:num="0.25">25%</td></tr></table>`,
      ),
    );
    expect(rowsOf(table)).toEqual([
      ["2024-03-01", 1.23456, "50%"],
      ["2024-03-02", "1.5", "25%"],
    ]);
  });

  it.each([
    ["what it says it is", `<meta charset="iso-8859-2">`, "\xb3", "ł"],
    ["Windows-1252 where it says UTF-8 and is none", `<meta charset=utf-8>`, "\x80", "€"],
    ["UTF-8 where all of it is", "", "\xe2\x82\xac", "€"],
  ])("is in %s", async (_, head, written, read) => {
    const body = latin1(page(`<table>${row("day", written)}${row("2024-01-01", 1)}</table>`, head));
    expect((await readHtml(body))[0]!.columns).toEqual(["day", read]);
  });
});

describe("a page saved with its parts", () => {
  const mark = "----=_Part_7";
  const saved = (...parts: string[]) =>
    `${[
      `From: <Saved by a browser>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related; type="text/html";\r\n\tboundary="${mark}"\r\n`,
      ...parts,
    ].join(`\r\n--${mark}\r\n`)}\r\n--${mark}--\r\n`;
  const part = (encoding: string, body: string, type = 'text/html; charset="utf-8"') =>
    `Content-Type: ${type}\r\nContent-Transfer-Encoding: ${encoding}\r\n\r\n${body}`;

  it("gives the tables of its pages, however they are encoded", async () => {
    const text = (unit: string) => page(`<table class=3D>${row("day", unit)}${row("2024-01-01", 7)}</table>`);
    const quoted = text("&deg;C / °")
      .replaceAll("=", "=3D")
      .replaceAll("°", "=C2=B0")
      .replace("<td>", "<t=\r\nd>");
    const body = bytes(
      saved(
        part("quoted-printable", quoted),
        part("base64", "iVBORw0KGgo=", "image/png"),
        part("base64", btoa(text("mm")).replace(/.{60}/g, "$&\r\n")),
        part("8bit", text("µm")),
      ),
    );
    expect(binaryFormat(body)).toBe("html");
    expect((await readHtml(body)).map(({ columns }) => columns[1])).toEqual(["°C / °", "mm", "µm"]);
  });

  it("is refused where its parts have no end or nothing in them", async () => {
    const head = "MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n\r\n";
    expect(await refusal(bytes(`${head}<table>${READINGS}</table>`))).toBe("malformed_data");
    expect(await refusal(bytes(saved(part("7bit", "<p>words</p>"))))).toBe("no_valid_rows");
    const large = new Uint8Array(HTML_LIMITS.multipartBytes + 1).fill(32);
    large.set(bytes(saved()));
    expect(await refusal(large)).toBe("payload_too_large");
  });
});

describe("a hostile page", () => {
  const many = (text: string, chars: number) => text.repeat(Math.ceil(chars / text.length));
  it.each([
    ["tags that never end", `<table>${READINGS}${many("<a ", 2_000_000)}`, ""],
    ["a comment that never ends", `<table>${READINGS}<!-- ${many("--", 2_000_000)}`, ""],
    ["a script that never ends", `<table>${READINGS}<script>${many("</", 2_000_000)}`, ""],
    ["quotes that never end", `<table>${READINGS}<td a="${many("x= <b>", 2_000_000)}`, ""],
    ["tables within tables", many("<table><tr><td>1", 1_000_000), ""],
    ["a cell without an end", `<table>${READINGS}<td>${many("word ", 2_000_000)}`, ""],
    ["cells as wide as may be", `<table>${many("<td colspan=9999999>1", 30_000)}`, "malformed_data"],
    [
      "cells that stretch over all below",
      `<table><tr>${many("<td colspan=1000 rowspan=99999>1", 480)}${many("<tr><td>1", 200_000)}`,
      "malformed_data",
    ],
    ["tables without end", many("<table><tr><td>1</table>", 1_000_000), "payload_too_large"],
    ["rows without end", `<table>${READINGS}${many("<tr>", 4_300_000)}`, "payload_too_large"],
    ["references to nothing", `<table>${READINGS}${row("&#xFFFFFF;&#0;&bogus;", "&#55296;")}</table>`, ""],
  ])("is read or refused: %s", async (_, text, code) => {
    expect(await refusal(bytes(text))).toBe(code);
  });

  it("gives tables or a typed failure for any change of its bytes", async () => {
    const random = seededRandom(11);
    const original = bytes(
      page(
        `<table><caption>c</caption><tr><th rowspan=2>a</th><th colspan="2">b</th></tr>${READINGS}</table>`,
      ),
    );
    for (let round = 0; round < 300; round++) {
      const changed = original.slice();
      for (let i = 0; i <= round % 12; i++)
        changed[Math.floor(random() * changed.length)] = Math.floor(random() * 256);
      expect(["", "malformed_data", "no_valid_rows", "payload_too_large"]).toContain(await refusal(changed));
    }
  });

  it("is told the same in pieces of any size", () => {
    const text = `<!DOCTYPE html><!-- > --><A b='>' c>x&amp;y &lt<br/><style>a<b</style></A>5 < 6 &eacute;<![endif]>`;
    const told = (size: number) => {
      let said = "";
      const handler: HtmlHandler = {
        open: (name, attributes) => (said += `<${name}${attributes}>`),
        close: (name) => (said += `</${name}>`),
        text: (piece) => (said += piece),
      };
      const scanner = new TagScanner(handler);
      for (let at = 0; at < text.length; at += size) scanner.push(text.slice(at, at + size));
      scanner.end();
      return said;
    };
    const whole = `<a b='>' c>x&y &lt<br/><style></style></a>5 < 6 é`;
    for (const size of [1, 2, 3, 7, 1_000]) expect(told(size)).toBe(whole);
  });
});
