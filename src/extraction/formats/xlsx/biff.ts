import { BiffStream, bytesOf, damagedRecords, need } from "./biff-records";
import { BiffSettings } from "./biff-settings";
import { BiffSheetReader } from "./biff-sheet";
import { ContinuedReader } from "./biff-text";
import { Held, SheetCells, Texts } from "./cells";
import { WORKBOOK_LIMITS } from "./limits";
import type { Sheet, Workbook } from "./sheet";

const CONTINUE = 0x3c;
const SHARED_STRINGS = 0xfc;
const SHEET = 0x85;

/** A sheet as the workbook lists it; `at` is where its records begin. */
interface Listed {
  name: string;
  at: number;
  hidden: boolean;
}

/** A stream of BIFF 2, 3, 4, 5 or 8 ([MS-XLS]; Rentz, "OpenOffice.org's documentation of the Excel file format"). */
export function readBiff(bytes: Uint8Array): Workbook {
  const stream = new BiffStream(bytes);
  const reader = new BiffReader(stream, new BiffSettings(stream.versionAt(0)));
  return { sheets: reader.sheets(), charts: [] };
}

class BiffReader {
  readonly #stream: BiffStream;
  readonly #settings: BiffSettings;
  readonly #held = new Held();
  readonly #texts = new Texts(this.#held);

  constructor(stream: BiffStream, settings: BiffSettings) {
    this.#stream = stream;
    this.#settings = settings;
  }

  sheets(): Sheet[] {
    if (this.#settings.version >= 5) return this.#globals().map((listed) => this.#sheet(listed));
    for (const record of this.#stream.records(0)) this.#settings.takeDateSystem(record);
    return [this.#sheet({ name: "Sheet1", at: 0, hidden: false })];
  }

  #globals(): Listed[] {
    const listed: Listed[] = [];
    const strings: Uint8Array[] = [];
    let last = 0;
    for (const record of this.#stream.records(0)) {
      const { type, body } = record;
      if (type === SHARED_STRINGS) strings.splice(0, strings.length, bytesOf(body));
      else if (type === CONTINUE && last === SHARED_STRINGS) strings.push(bytesOf(body));
      else if (type === SHEET) this.#list(body, listed);
      else this.#settings.take(record);
      if (type !== CONTINUE) last = type;
    }
    if (strings.length > 0) this.#sharedStrings(strings);
    return listed;
  }

  /** Of the kinds of sheets only worksheets have cells; others are charts and macros. */
  #list(body: DataView, listed: Listed[]): void {
    need(body, 8);
    const from = body.getUint32(0, true);
    const isWorksheet = body.getUint8(5) === 0;
    if (!isWorksheet || listed.some(({ at }) => at === from) || listed.length >= WORKBOOK_LIMITS.sheets)
      return;
    const hidden = (body.getUint8(4) & 3) !== 0;
    listed.push({ at: from, hidden, name: this.#settings.shortText(body, 6) });
  }

  #sharedStrings(segments: Uint8Array[]): void {
    const reader = new ContinuedReader(segments);
    reader.skip(4);
    // Every text takes bytes of the file, so that a count that lies ends with them.
    for (let left = reader.u32(); left > 0; left--) this.#texts.add(reader.text());
  }

  #sheet({ name, at, hidden }: Listed): Sheet {
    const { version, system } = this.#settings;
    if (at > 0 && this.#stream.versionAt(at) !== version) throw damagedRecords();
    const cells = new SheetCells(this.#texts, this.#held, system);
    const reader = new BiffSheetReader(cells, this.#texts, this.#settings);
    for (const record of this.#stream.records(at)) {
      if (version < 5) this.#settings.take(record);
      reader.take(record);
    }
    cells.finish();
    return { name, hidden, cells, merges: reader.merges, formulas: reader.formulas };
  }
}
