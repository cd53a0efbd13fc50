import { AppError, fail } from "../../../core/errors";
import type { Matrix, PageLayer, Rule, Word } from "./geometry";
import { PDF_LIMITS } from "./limits";
import { chunksOf } from "./lines";
import { type OperatorCodes, type Operators, rulesOf, turnRules } from "./rules";
import { refuseBombs } from "./streams";
import { linesOf, type TextRun, wordsOf } from "./words";

/** The parts of pdf.js that are used. Its own types need the DOM's. */
interface PdfPage {
  rotate: number;
  getViewport(options: { scale: number }): { width: number; height: number; transform: number[] };
  getTextContent(): Promise<{
    items: (TextRun | { type: string })[];
    styles: Record<string, { fontFamily?: string } | undefined>;
  }>;
  getOperatorList(): Promise<Operators>;
  cleanup(): unknown;
}

interface PdfDocument {
  numPages: number;
  getPage(number: number): Promise<PdfPage>;
  loadingTask: { destroy(): Promise<void> };
}

export interface ReadDocument {
  pages: number;
  layers: PageLayer[];
  /** Pages that could not be read although the document could. */
  damaged: number[];
}

/**
 * The words of every page with their places. pdf.js is loaded when the first document comes; it runs without its worker,
 * evaluates no code, fetches no fonts, decodes no images and runs no script of the document.
 * Throws `unrecognised_format` (no PDF, or locked by a password), `malformed_data`, `payload_too_large`.
 */
export async function readDocument(bytes: Uint8Array): Promise<ReadDocument> {
  if (bytes.length > PDF_LIMITS.bytes)
    throw fail(
      "payload_too_large",
      `A PDF of at most ${PDF_LIMITS.bytes} bytes is read; this has ${bytes.length}.`,
    );
  // pdf.js takes the buffer for itself, and the caller may want to read the bytes again.
  const data = bytes.slice();
  await refuseBombs(data);
  const { getDocumentProxy, getResolvedPDFJS } = await import("unpdf");
  const options = {
    isEvalSupported: false,
    useSystemFonts: false,
    disableFontFace: true,
    useWorkerFetch: false,
    enableXfa: false,
    maxImageSize: 0,
    verbosity: 0,
  };
  let pdf: PdfDocument | null = null;
  try {
    const opened = getDocumentProxy(data, options);
    pdf = (await settled(opened)) as unknown as PdfDocument;
    if (pdf.numPages > PDF_LIMITS.pages)
      throw fail(
        "payload_too_large",
        `A PDF of at most ${PDF_LIMITS.pages} pages is read; this has ${pdf.numPages}.`,
      );
    const codes = (await getResolvedPDFJS()).OPS as OperatorCodes;
    return await readPages(pdf, codes);
  } catch (error) {
    throw asFailure(error);
  } finally {
    await pdf?.loadingTask.destroy().catch(() => undefined);
  }
}

async function readPages(pdf: PdfDocument, codes: OperatorCodes): Promise<ReadDocument> {
  const read: ReadDocument = { pages: pdf.numPages, layers: [], damaged: [] };
  let runs = 0;
  for (let number = 1; number <= pdf.numPages; number++) {
    try {
      const page = await settled(pdf.getPage(number));
      runs += await readPage(page, number, codes, read.layers);
    } catch (error) {
      if (error instanceof AppError) throw error;
      read.damaged.push(number);
    }
    if (runs > PDF_LIMITS.runsPerDocument)
      throw fail(
        "payload_too_large",
        `The PDF has more than ${PDF_LIMITS.runsPerDocument} pieces of text up to page ${number}.`,
      );
  }
  if (read.damaged.length === read.pages)
    throw fail("malformed_data", "No page of the PDF can be read: the document is damaged.");
  return read;
}

async function readPage(
  page: PdfPage,
  number: number,
  codes: OperatorCodes,
  into: PageLayer[],
): Promise<number> {
  const { items, styles } = await settled(page.getTextContent());
  const runs = items.filter((item): item is TextRun => "str" in item);
  if (runs.length > PDF_LIMITS.runsPerPage)
    throw fail(
      "payload_too_large",
      `Page ${number} has ${runs.length} pieces of text; ${PDF_LIMITS.runsPerPage} are read.`,
    );
  const viewport = page.getViewport({ scale: 1 });
  const { width, height } = viewport;
  const matrix = viewport.transform as unknown as Matrix;
  const monospaced = (font: string) => styles[font]?.fontFamily === "monospace";
  const turned = wordsOf(runs, matrix, { width, height }, monospaced);
  const rules = turned.some(({ words }) => mayHoldTable(words)) ? await pageRules(page, codes, matrix) : [];
  for (const { turns, words } of turned)
    into.push({
      page: number,
      width: turns % 2 === 0 ? width : height,
      height: turns % 2 === 0 ? height : width,
      turns,
      words,
      rules: turnRules(rules, turns, width, height),
    });
  page.cleanup();
  return runs.length;
}

/** Numbers make a table, or lines of several pieces of text: to look for rules costs as much as the text of the page. */
const mayHoldTable = (words: readonly Word[]): boolean =>
  words.filter(({ text }) => /\d/.test(text)).length >= 4 ||
  linesOf(words, 0.2).filter((line) => chunksOf(line).length > 1).length >= 2;

/** Rules are evidence only: a page whose drawing cannot be read is read without them. */
async function pageRules(page: PdfPage, codes: OperatorCodes, viewport: Matrix): Promise<Rule[]> {
  try {
    return rulesOf(await settled(page.getOperatorList()), codes, viewport);
  } catch {
    return [];
  }
}

async function settled<T>(promise: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tooLong = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(fail("malformed_data", "The PDF cannot be read to its end: it is damaged.")),
      PDF_LIMITS.settleMs,
    );
  });
  try {
    return await Promise.race([promise, tooLong]);
  } finally {
    clearTimeout(timer);
  }
}

function asFailure(error: unknown): AppError {
  if (error instanceof AppError) return error;
  const name = error instanceof Error ? error.name : "";
  if (name === "PasswordException")
    return fail("unrecognised_format", "The PDF is locked with a password: send it unlocked.");
  return fail("malformed_data", "The PDF is damaged: it cannot be opened.");
}
