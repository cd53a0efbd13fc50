import { fail } from "../../../core/errors";
import { readDirectory, type ZipEntry } from "../../zip/directory";
import { entryPieces, whyUnread } from "../../zip/entry";
import { WORKBOOK_LIMITS } from "./limits";
import { attribute, type XmlHandler, XmlScanner } from "./xml";

export interface Relation {
  id: string;
  /** The last word of the type's URI: transitional and strict files differ in the rest. */
  kind: string;
  /** The part it leads to; "" where that lies outside of the file, which is never followed. */
  target: string;
}

/** An Office package (ECMA-376 part 2): parts by name, read as streams of XML. */
export class OfficePackage {
  readonly #file: Uint8Array;
  readonly #entries: ReadonlyMap<string, ZipEntry>;
  /** Of all parts that were read, each time that they were. */
  #inflatedBytes = 0;

  /** Throws `malformed_data` for a damaged package and `payload_too_large` for one that declares more than is read. */
  constructor(file: Uint8Array) {
    this.#file = file;
    const parts = readDirectory(file, WORKBOOK_LIMITS.parts).filter(({ isDirectory }) => !isDirectory);
    this.#entries = new Map(parts.map((entry) => [partKey(entry.name), entry]));
    // Which of two equal names a reader takes is up to it (ECMA-376 part 2, 6.2.2.3): one may be shown, another be loaded.
    if (this.#entries.size < parts.length)
      throw fail("malformed_data", "The workbook has two parts of one name.");
    requireReadable(parts);
  }

  has(name: string): boolean {
    return this.#entries.has(partKey(name));
  }

  names(): string[] {
    return [...this.#entries.keys()];
  }

  /** The bytes of a part piece by piece, none where there is no part of the name. */
  async *pieces(
    name: string,
    most: number = WORKBOOK_LIMITS.inflatedBytes,
  ): AsyncGenerator<Uint8Array, void, undefined> {
    const entry = this.#entries.get(partKey(name));
    if (!entry) return;
    if (entry.isEncrypted)
      throw fail(
        "unrecognised_format",
        "The workbook is encrypted. Save it without a password and send it again.",
      );
    const why = whyUnread(entry);
    if (why !== null) throw fail("malformed_data", `"${shownName(name)}" of the workbook ${why}.`);
    if (entry.bytes > most)
      throw fail("payload_too_large", `"${shownName(name)}" of the workbook is larger than is read.`);
    for await (const piece of entryPieces(this.#file, entry)) {
      this.#inflatedBytes += piece.length;
      // Parts that are named again and again are read again and again.
      if (this.#inflatedBytes > WORKBOOK_LIMITS.inflatedBytes) throw tooLarge(this.#inflatedBytes);
      yield piece;
    }
  }

  /** Scans a part of XML; false where there is none of the name. */
  async scan(name: string, handler: XmlHandler, most?: number): Promise<boolean> {
    if (!this.has(name)) return false;
    const scanner = new XmlScanner(handler);
    for await (const piece of this.pieces(name, most)) scanner.push(piece);
    scanner.end();
    return true;
  }

  /** The part that the package names as its document; Excel calls it xl/workbook, others need not. */
  async mainPart(usual: string): Promise<string | null> {
    const named = (await this.relations("")).find(({ kind }) => kind === "officeDocument")?.target ?? "";
    return [named, usual].find((name) => name !== "" && this.has(name)) ?? null;
  }

  /** The relations of a part, "" for those of the package. */
  async relations(part: string): Promise<Relation[]> {
    const slash = part.lastIndexOf("/");
    const folder = part.slice(0, slash + 1);
    const found: Relation[] = [];
    const open = (name: string, attributes: string) => {
      if (name !== "Relationship") return;
      const target = attribute(attributes, "Target") ?? "";
      const isOutside = attribute(attributes, "TargetMode") === "External";
      found.push({
        id: attribute(attributes, "Id") ?? "",
        kind: (attribute(attributes, "Type") ?? "").split("/").at(-1)!,
        target: isOutside ? "" : resolve(folder, target),
      });
    };
    const name = `${folder}_rels/${part.slice(slash + 1)}.rels`;
    await this.scan(name, { open, close: () => {} }, WORKBOOK_LIMITS.smallPartBytes);
    return found;
  }
}

/** No part makes more of itself than it declares: what is declared is what can come out. */
function requireReadable(parts: readonly ZipEntry[]): void {
  let bytes = 0;
  let packedBytes = 0;
  for (const part of parts) {
    bytes += part.bytes;
    packedBytes += part.packedBytes;
    if (isBomb(part.bytes, part.packedBytes)) throw tooLarge(part.bytes);
  }
  if (bytes > WORKBOOK_LIMITS.inflatedBytes || isBomb(bytes, packedBytes)) throw tooLarge(bytes);
}

const isBomb = (bytes: number, packedBytes: number): boolean =>
  bytes > WORKBOOK_LIMITS.ratioFrom && bytes > packedBytes * WORKBOOK_LIMITS.ratio;

const tooLarge = (bytes: number) =>
  fail("payload_too_large", `The parts of the workbook inflate to more than is read (${bytes} bytes).`);

const shownName = (name: string): string => name.slice(0, 100);

/** Names of parts are compared without case (ECMA-376 part 2, 6.3.5). */
const partKey = (name: string): string => name.replaceAll("\\", "/").replace(/^\/+/, "").toLowerCase();

function resolve(folder: string, target: string): string {
  const steps: string[] = [];
  const path = target.replaceAll("\\", "/");
  for (const step of (path.startsWith("/") ? path : folder + path).split("/")) {
    if (step === "..") steps.pop();
    else if (step !== "." && step !== "") steps.push(step);
  }
  return steps.join("/");
}
