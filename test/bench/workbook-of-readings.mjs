import { strToU8, Zip, ZipDeflate } from "fflate";

const MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE = "http://schemas.openxmlformats.org/package/2006";
const NAMES = ["time", "device", "region", "temperature", "humidity", "pressure", "counter", "remark"];
const SENSORS = 20;
const ROWS_A_PIECE = 5_000;
/** 2024-01-01 as a serial number of the date system of 1900. */
const START_DAY = 45_292;

/**
 * An XLSX of `rows` rows and 8 columns as Excel writes it, texts in a list of shared strings. The remarks are one of
 * eight, or, with `distinct`, another in every row.
 */
export function workbookOfReadings({ rows, distinct }) {
  const pieces = [];
  const archive = new Zip((error, piece) => {
    if (error) throw error;
    pieces.push(piece);
  });
  const part = (name, contents) => {
    const file = new ZipDeflate(name, { level: 6 });
    archive.add(file);
    for (const content of contents) file.push(strToU8(content));
    file.push(new Uint8Array(0), true);
  };
  const relations = (all) =>
    `<Relationships xmlns="${PACKAGE}/relationships">${all.join("")}</Relationships>`;
  const relation = (id, kind, target) =>
    `<Relationship Id="${id}" Type="${RELATIONS}/${kind}" Target="${target}"/>`;
  part("[Content_Types].xml", [
    `<Types xmlns="${PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/></Types>`,
  ]);
  part("_rels/.rels", [relations([relation("r1", "officeDocument", "xl/workbook.xml")])]);
  part("xl/_rels/workbook.xml.rels", [
    relations([
      relation("r1", "worksheet", "worksheets/sheet1.xml"),
      relation("r2", "styles", "styles.xml"),
      relation("r3", "sharedStrings", "sharedStrings.xml"),
    ]),
  ]);
  part("xl/workbook.xml", [
    `<workbook xmlns="${MAIN}" xmlns:r="${RELATIONS}"><sheets><sheet name="Readings" sheetId="1" r:id="r1"/></sheets></workbook>`,
  ]);
  part("xl/styles.xml", [
    `<styleSheet xmlns="${MAIN}"><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="22" applyNumberFormat="1"/></cellXfs></styleSheet>`,
  ]);
  const remarks = distinct ? rows : 8;
  part("xl/sharedStrings.xml", sharedStrings(remarks));
  part("xl/worksheets/sheet1.xml", sheet(rows, remarks));
  archive.end();
  return new Blob(pieces);
}

function* sharedStrings(remarks) {
  const devices = Array.from({ length: SENSORS }, (_, i) => `sensor-${i}`);
  const first = [...NAMES, ...devices, "north", "south"];
  yield `<sst xmlns="${MAIN}">${first.map(item).join("")}`;
  for (let from = 0; from < remarks; from += ROWS_A_PIECE) {
    const count = Math.min(ROWS_A_PIECE, remarks - from);
    yield Array.from({ length: count }, (_, i) => item(`looked at by crew ${from + i}, valve ${i % 7}`)).join(
      "",
    );
  }
  yield "</sst>";
}

const item = (text) => `<si><t>${text}</t></si>`;

function* sheet(rows, remarks) {
  yield `<worksheet xmlns="${MAIN}"><sheetData><row r="1">${NAMES.map((_, i) => text(i, 1, i)).join("")}</row>`;
  for (let from = 0; from < rows; from += ROWS_A_PIECE) {
    const count = Math.min(ROWS_A_PIECE, rows - from);
    yield Array.from({ length: count }, (_, i) => rowOf(from + i, remarks)).join("");
  }
  yield "</sheetData></worksheet>";
}

const place = (column, row) => `${String.fromCharCode(65 + column)}${row}`;
const text = (column, row, id) => `<c r="${place(column, row)}" t="s"><v>${id}</v></c>`;
const number = (column, row, value) => `<c r="${place(column, row)}"><v>${value}</v></c>`;

/** Row `i` of 20 sensors, each of which has one every 10 seconds. */
function rowOf(i, remarks) {
  const row = i + 2;
  const device = NAMES.length + (i % SENSORS);
  const region = NAMES.length + SENSORS + (i % 2);
  const remark = NAMES.length + SENSORS + 2 + (i % remarks);
  const day = START_DAY + (Math.floor(i / SENSORS) * 10) / 86_400;
  const cells = [
    `<c r="${place(0, row)}" s="1"><v>${day}</v></c>`,
    text(1, row, device),
    text(2, row, region),
    number(3, row, (20 + Math.sin(i / 500) * 5).toFixed(2)),
    number(4, row, (50 + (i % 37) / 3).toFixed(1)),
    number(5, row, 1_000 + (i % 41)),
    number(6, row, i),
    text(7, row, remark),
  ];
  return `<row r="${row}">${cells.join("")}</row>`;
}
