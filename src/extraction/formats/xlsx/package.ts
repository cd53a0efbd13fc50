import { fail } from "../../../core/errors";
import { WORKBOOK_LIMITS } from "./limits";
import { attribute, type XmlHandler, XmlScanner } from "./xml";
import { InflatedBytes, inflateEntry, readDirectory, type ZipEntry } from "./zip";

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
  readonly #inflated = new InflatedBytes();

  constructor(file: Uint8Array) {
    this.#file = file;
    this.#entries = new Map(readDirectory(file).map((entry) => [partKey(entry.name), entry]));
  }

  has(name: string): boolean {
    return this.#entries.has(partKey(name));
  }

  names(): string[] {
    return [...this.#entries.keys()];
  }

  /** The bytes of a part piece by piece, none where there is no part of the name. */
  *pieces(name: string, most: number = WORKBOOK_LIMITS.inflatedBytes): Generator<Uint8Array> {
    const entry = this.#entries.get(partKey(name));
    if (!entry) return;
    let bytes = 0;
    for (const piece of inflateEntry(this.#file, entry, this.#inflated)) {
      bytes += piece.length;
      if (bytes > most)
        throw fail("payload_too_large", `"${name.slice(0, 100)}" of the workbook is larger than is read.`);
      yield piece;
    }
  }

  /** Scans a part of XML; false where there is none of the name. */
  scan(name: string, handler: XmlHandler, most?: number): boolean {
    if (!this.has(name)) return false;
    const scanner = new XmlScanner(handler);
    for (const piece of this.pieces(name, most)) scanner.push(piece);
    scanner.end();
    return true;
  }

  /** The part that the package names as its document; Excel calls it xl/workbook, others need not. */
  mainPart(usual: string): string | null {
    const named = this.relations("").find(({ kind }) => kind === "officeDocument")?.target ?? "";
    return [named, usual].find((name) => name !== "" && this.has(name)) ?? null;
  }

  /** The relations of a part, "" for those of the package. */
  relations(part: string): Relation[] {
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
    this.scan(name, { open, close: () => {} }, WORKBOOK_LIMITS.smallPartBytes);
    return found;
  }
}

/** Names of parts are compared without case (ECMA-376 part 2, 6.3.5). */
const partKey = (name: string): string => name.replace(/^\/+/, "").toLowerCase();

function resolve(folder: string, target: string): string {
  const steps: string[] = [];
  const path = target.replaceAll("\\", "/");
  for (const step of (path.startsWith("/") ? path : folder + path).split("/")) {
    if (step === "..") steps.pop();
    else if (step !== "." && step !== "") steps.push(step);
  }
  return steps.join("/");
}
