/** A small writer of PDF documents for tests: text at places, lines, nothing else. Places in points from the upper left. */
export interface PdfText {
  x: number;
  y: number;
  text: string;
  size?: number;
  font?: "Helvetica" | "Helvetica-Bold" | "Courier" | "Times-Roman";
  /** Degrees, counter-clockwise. */
  angle?: number;
  align?: "left" | "right" | "center";
}

export interface PdfLine {
  x0: number;
  y0: number;
  x1: number;
  y1: number;
}

export interface PdfBox {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface PdfPageSpec {
  width?: number;
  height?: number;
  rotate?: 0 | 90 | 180 | 270;
  texts: readonly PdfText[];
  lines?: readonly PdfLine[];
  /** Rectangles by their upper left corners, stroked together as one path. */
  boxes?: readonly PdfBox[];
  /** A picture over the whole page, as a scan has it. */
  picture?: boolean;
}

const FONTS = ["Helvetica", "Helvetica-Bold", "Courier", "Times-Roman"] as const;

// Widths of Helvetica's characters from 32 to 126, in thousandths of the font size (Adobe's core metrics).
const HELVETICA = (
  "278 278 355 556 556 889 667 191 333 333 389 584 278 333 278 278 556 556 556 556 556 556 556 556 556 556 278 278 584 584 584 556 " +
  "1015 667 667 722 722 667 611 778 722 278 500 667 556 833 722 778 667 778 722 667 611 722 667 944 667 667 611 278 278 278 469 556 " +
  "333 556 556 500 556 556 278 556 556 222 222 500 222 833 556 556 556 556 333 500 278 556 500 722 500 500 500 334 260 334 584"
)
  .split(" ")
  .map(Number);

export function textWidth(text: string, size: number, font: PdfText["font"] = "Helvetica"): number {
  if (font === "Courier") return text.length * 0.6 * size;
  let sum = 0;
  for (const char of text) sum += HELVETICA[char.charCodeAt(0) - 32] ?? 556;
  return (sum * size) / 1000;
}

const escaped = (text: string): string =>
  [...text]
    .map((char) => {
      const code = char.charCodeAt(0);
      if ("()\\".includes(char)) return `\\${char}`;
      return code > 126 ? `\\${(WINANSI.get(char) ?? code).toString(8).padStart(3, "0")}` : char;
    })
    .join("");

const WINANSI = new Map([
  ["–", 0x96],
  ["—", 0x97],
  ["€", 0x80],
  ["…", 0x85],
  ["†", 0x86],
]);

function drawText(item: PdfText, height: number): string {
  const { text, size = 10, font = "Helvetica", angle = 0, align = "left" } = item;
  const width = textWidth(text, size, font);
  const back = align === "right" ? width : align === "center" ? width / 2 : 0;
  const radians = (angle * Math.PI) / 180;
  const cos = Math.cos(radians).toFixed(6);
  const sin = Math.sin(radians).toFixed(6);
  const x = item.x - back * Math.cos(radians);
  const y = height - item.y - back * Math.sin(radians);
  const matrix = `${cos} ${sin} ${(-Number(sin)).toFixed(6)} ${cos} ${x.toFixed(2)} ${y.toFixed(2)}`;
  return `BT /F${FONTS.indexOf(font)} ${size} Tf ${matrix} Tm (${escaped(text)}) Tj ET`;
}

/** The bytes of a document. `trailer` puts further entries in its trailer, as "/Encrypt 9 0 R". */
export function makePdf(
  pages: readonly PdfPageSpec[],
  more: { trailer?: string; catalog?: string; objects?: readonly string[] } = {},
): Uint8Array<ArrayBuffer> {
  const objects: string[] = [];
  const add = (body: string): number => objects.push(body);
  const catalog = add("");
  const tree = add("");
  const fonts = FONTS.map((name) =>
    add(`<< /Type /Font /Subtype /Type1 /BaseFont /${name} /Encoding /WinAnsiEncoding >>`),
  );
  const picture = add(
    "<< /Type /XObject /Subtype /Image /Width 2 /Height 2 /ColorSpace /DeviceGray /BitsPerComponent 8 /Length 4 >>\nstream\nabcd\nendstream",
  );
  const kids = pages.map(
    ({ width = 595, height = 842, rotate = 0, texts, lines = [], boxes = [], picture: scanned }) => {
      const content = [
        ...(scanned ? [`q ${width} 0 0 ${height} 0 0 cm /Scan Do Q`] : []),
        ...texts.map((item) => drawText(item, height)),
        ...boxes.map(({ x, y, width: w, height: h }) => `${x} ${height - y - h} ${w} ${h} re`),
        ...(boxes.length > 0 ? ["S"] : []),
        ...lines.map(({ x0, y0, x1, y1 }) => `${x0} ${height - y0} m ${x1} ${height - y1} l S`),
      ].join("\n");
      const stream = add(`<< /Length ${content.length} >>\nstream\n${content}\nendstream`);
      const resources = `<< /Font << ${fonts.map((id, i) => `/F${i} ${id} 0 R`).join(" ")} >> /XObject << /Scan ${picture} 0 R >> >>`;
      return add(
        `<< /Type /Page /Parent ${tree} 0 R /MediaBox [0 0 ${width} ${height}] /Rotate ${rotate} /Resources ${resources} /Contents ${stream} 0 R >>`,
      );
    },
  );
  objects[catalog - 1] = `<< /Type /Catalog /Pages ${tree} 0 R ${more.catalog ?? ""} >>`;
  objects[tree - 1] =
    `<< /Type /Pages /Kids [${kids.map((id) => `${id} 0 R`).join(" ")}] /Count ${kids.length} >>`;
  for (const body of more.objects ?? []) add(body);
  let text = "%PDF-1.4\n";
  const offsets = objects.map((body, i) => {
    const at = text.length;
    text += `${i + 1} 0 obj\n${body}\nendobj\n`;
    return at;
  });
  const xref = text.length;
  text += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n`;
  for (const at of offsets) text += `${String(at).padStart(10, "0")} 00000 n \n`;
  text += `trailer\n<< /Size ${objects.length + 1} /Root ${catalog} 0 R ${more.trailer ?? ""} >>\nstartxref\n${xref}\n%%EOF\n`;
  return Uint8Array.from(text, (char) => char.charCodeAt(0) & 0xff);
}

export interface ColumnSpec {
  x: number;
  align?: PdfText["align"];
}

/** Rows of cells set at columns, from `y` downwards. Empty cells are not drawn. */
export function setRows(
  rows: readonly (readonly string[])[],
  columns: readonly ColumnSpec[],
  y: number,
  pitch = 14,
  size = 10,
): PdfText[] {
  return rows.flatMap((cells, r) =>
    cells.flatMap((text, c) =>
      text === ""
        ? []
        : [{ text, x: columns[c]!.x, y: y + r * pitch, size, align: columns[c]!.align ?? "left" }],
    ),
  );
}
