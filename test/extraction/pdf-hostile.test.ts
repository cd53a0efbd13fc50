import { describe, expect, it } from "vitest";
import { AppError } from "../../src/core/errors";
import { readPdf } from "../../src/extraction/formats/pdf";
import { makePdf, setRows } from "../support/pdf";

const ROWS = Array.from({ length: 30 }, (_, i) => [`Row ${i}`, `${100 + i * i}`, `${7 * i}.5`]);
const COLUMNS = [{ x: 60 }, { x: 260, align: "right" as const }, { x: 340, align: "right" as const }];
const whole = () => makePdf([{ texts: setRows([["Name", "Count", "Share"], ...ROWS], COLUMNS, 80) }]);

async function outcome(bytes: Uint8Array): Promise<string> {
  try {
    const tables = await readPdf(bytes);
    return `tables: ${tables.map(({ rowCount }) => rowCount).join(", ")}`;
  } catch (error) {
    expect(error).toBeInstanceOf(AppError);
    const { failure } = error as AppError;
    return `${failure.code}: ${failure.detail}`;
  }
}

describe("documents that cannot be read", () => {
  it("a scan says that it has no text, and its pages", async () => {
    const scan = makePdf([
      { texts: [], picture: true },
      { texts: [], picture: true },
    ]);
    expect(await outcome(scan)).toMatch(/^unrecognised_format: .*scan.*no text.*2 page/);
  });

  it("one without any page content is no crash", async () => {
    expect(await outcome(makePdf([]))).toMatch(/^(?:unrecognised_format|malformed_data)/);
  });

  it("one locked by a password says so", async () => {
    const key = "<".concat("41".repeat(32), ">");
    const locked = makePdf([{ texts: setRows(ROWS, COLUMNS, 80) }], {
      trailer: `/ID [<00112233445566778899aabbccddeeff> <00112233445566778899aabbccddeeff>] /Encrypt << /Filter /Standard /V 1 /R 2 /O ${key} /U ${key} /P -4 >>`,
    });
    expect(await outcome(locked)).toMatch(/^unrecognised_format: .*password/);
  });

  it("garbage behind the magic bytes is malformed", async () => {
    const garbage = Uint8Array.from({ length: 5_000 }, (_, i) => (i * 7919) % 251);
    garbage.set(new TextEncoder().encode("%PDF-1.7\n"));
    expect(await outcome(garbage)).toMatch(/^malformed_data/);
    expect(await outcome(new Uint8Array())).toMatch(/^malformed_data/);
  });

  it("one that is too large is refused before it is parsed", async () => {
    expect(await outcome(new Uint8Array(20_000_001))).toMatch(/^payload_too_large/);
  });

  it("one of too many pages is refused by number", async () => {
    const pages = Array.from({ length: 501 }, () => ({ texts: [] }));
    expect(await outcome(makePdf(pages))).toMatch(/^payload_too_large: .*500 pages.*501/);
  });
});

describe("documents that are damaged", () => {
  it("cut anywhere, they give tables or a refusal", async () => {
    const bytes = whole();
    for (let part = 1; part < 12; part++) {
      const cut = bytes.slice(0, Math.floor((bytes.length * part) / 12));
      expect(await outcome(cut)).toMatch(/^(?:tables|malformed_data|unrecognised_format)/);
    }
  });

  it("a wrong table of references is rebuilt", async () => {
    const text = new TextDecoder("latin1").decode(whole());
    const wrong = text.replace(/startxref\n\d+/, "startxref\n12345678");
    expect(await outcome(Uint8Array.from(wrong, (char) => char.charCodeAt(0)))).toBe("tables: 30");
  });

  it("with bytes changed, they give tables or a refusal", async () => {
    let state = 12345;
    const next = (below: number) => {
      state = (state * 1103515245 + 12345) % 2147483648;
      return state % below;
    };
    for (let round = 0; round < 25; round++) {
      const bytes = whole();
      for (let i = 0; i < 20; i++) bytes[next(bytes.length)] = next(256);
      expect(await outcome(bytes)).toMatch(
        /^(?:tables|malformed_data|unrecognised_format|payload_too_large)/,
      );
    }
  });
});

const stream = (filter: string, data: Uint8Array) =>
  `<< /Length ${data.length} /Filter ${filter} >>\nstream\n${Array.from(data, (byte) => String.fromCharCode(byte)).join("")}\nendstream`;

/** LZW of nothing but the same byte: each code stands for one byte more than the last, and the longest comes again. */
function lzwOfOneByte(codes: number): Uint8Array {
  const packed: number[] = [];
  let held = 0;
  let bits = 0;
  let next = 257;
  const put = (code: number, width: number) => {
    held = (held << width) | code;
    bits += width;
    while (bits >= 8) {
      bits -= 8;
      packed.push((held >> bits) & 0xff);
      held &= (1 << bits) - 1;
    }
  };
  const width = () => (next + 1 < 512 ? 9 : next + 1 < 1024 ? 10 : next + 1 < 2048 ? 11 : 12);
  put(256, 9);
  put(32, 9);
  for (let i = 0; i < codes; i++) {
    if (next < 4095) next++;
    put(next, width());
  }
  return Uint8Array.from(packed);
}

const asHex = (bytes: Uint8Array) =>
  new TextEncoder().encode(`${Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")}>`);

/** Groups of four bytes as five digits to the base of 85. */
const asBase85 = (bytes: Uint8Array) => {
  const whole = new Uint8Array(Math.ceil(bytes.length / 4) * 4);
  whole.set(bytes);
  const view = new DataView(whole.buffer);
  let text = "";
  for (let at = 0; at < whole.length; at += 4) {
    const value = view.getUint32(at);
    for (let power = 4; power >= 0; power--)
      text += String.fromCharCode(33 + (Math.floor(value / 85 ** power) % 85));
  }
  return new TextEncoder().encode(`${text}~>`);
};

describe("documents that are hostile", () => {
  it("a page tree that holds itself ends", async () => {
    const text = new TextDecoder("latin1").decode(whole());
    const looped = text.replace(/\/Kids \[\d+ 0 R\]/, "/Kids [2 0 R]");
    expect(await outcome(Uint8Array.from(looped, (char) => char.charCodeAt(0)))).toMatch(
      /^(?:malformed_data|unrecognised_format)/,
    );
  });

  it("a form that draws itself ends, and the table is read", async () => {
    const bytes = makePdf([
      { texts: setRows([["Name", "Count", "Share"], ...ROWS], COLUMNS, 80), picture: true },
    ]);
    const text = new TextDecoder("latin1").decode(bytes);
    const form = text.replace(
      /<< \/Type \/XObject \/Subtype \/Image[^>]*>>\nstream\nabcd/,
      "<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /Scan 7 0 R >> >> /Length 8 >>\nstream\n/Scan Do",
    );
    expect(form).not.toBe(text);
    expect(await outcome(Uint8Array.from(form, (char) => char.charCodeAt(0)))).toBe("tables: 30");
  });

  it("a stream that inflates past the memory is refused before it is decoded", async () => {
    const chunk = new Uint8Array(1_000_000).fill(32);
    let left = 70;
    const blanks = new ReadableStream<Uint8Array<ArrayBuffer>>({
      pull: (controller) => (left-- > 0 ? controller.enqueue(chunk) : controller.close()),
    });
    const packed = new Uint8Array(
      await new Response(blanks.pipeThrough(new CompressionStream("deflate"))).arrayBuffer(),
    );
    const texts = setRows([["Name", "Count", "Share"], ...ROWS], COLUMNS, 80);
    const bomb = makePdf([{ texts }], { objects: [stream("/FlateDecode", packed)] });
    expect(await outcome(bomb)).toMatch(/^payload_too_large/);
    const twice = makePdf([{ texts }], {
      objects: [stream("[/FlateDecode /FlateDecode]", packed.slice(0, 900))],
    });
    expect(await outcome(twice)).toMatch(/^payload_too_large/);
    const half = makePdf([{ texts }], { objects: [stream("/FlateDecode", packed.slice(0, 40_000))] });
    expect(await outcome(half)).toBe("tables: 30");
  });

  it.each([
    ["LZW", "/LZWDecode", lzwOfOneByte(30_000)],
    ["LZW under another spelling", "/L#5aWDecode", lzwOfOneByte(30_000)],
    ["LZW in hexadecimal", "[/ASCIIHexDecode /LZWDecode]", asHex(lzwOfOneByte(30_000))],
    ["LZW to the base of 85", "[/ASCII85Decode /LZWDecode]", asBase85(lzwOfOneByte(30_000))],
    ["runs", "/RunLengthDecode", new Uint8Array(1_100_000).fill(129)],
  ])("a stream of %s that is too large is refused, a shorter one is not", async (_, filter, data) => {
    const texts = setRows([["Name", "Count", "Share"], ...ROWS], COLUMNS, 80);
    expect(await outcome(makePdf([{ texts }], { objects: [stream(filter, data)] }))).toMatch(
      /^payload_too_large/,
    );
    const part = data.subarray(0, data.length >> 3);
    expect(await outcome(makePdf([{ texts }], { objects: [stream(filter, part)] }))).toBe("tables: 30");
  });

  it("a script and an attached file are left alone", async () => {
    const bytes = makePdf([{ texts: setRows([["Name", "Count", "Share"], ...ROWS], COLUMNS, 80) }], {
      catalog:
        "/OpenAction << /S /JavaScript /JS (app.alert\\(1\\); while\\(true\\){}) >> /Names << /EmbeddedFiles << /Names [] >> >>",
    });
    expect(await outcome(bytes)).toBe("tables: 30");
  });

  it("numbers without end are one cell that is cut, and names that set prototypes are changed", async () => {
    const long = "9".repeat(4_000);
    const texts = setRows([["__proto__", "Count", "Share"], ...ROWS], COLUMNS, 80);
    const [table] = await readPdf(makePdf([{ texts: [...texts, { x: 60, y: 700, text: long, size: 2 }] }]));
    expect(table!.columns[0]).toBe("proto");
    expect(table!.rowCount).toBe(30);
  });

  it("a page of thousands of words ends", async () => {
    const texts = Array.from({ length: 8_000 }, (_, i) => ({
      x: 20 + (i % 40) * 14,
      y: 20 + Math.floor(i / 40) * 4,
      size: 3,
      text: String((i * 7919) % 1_000),
    }));
    expect(await outcome(makePdf([{ texts }]))).toMatch(/^(?:tables|unrecognised_format)/);
  });
});
