import { AppError, fail } from "../../core/errors";
import { gunzip, isGzip } from "../../platform/gzip";
import { isZip, readDirectory, type ZipEntry } from "../zip/directory";
import { readEntry, whyUnread } from "../zip/entry";
import { MOST_PARTS, packageKind } from "../zip/package-kind";
import { nameInside } from "./gzip-name";
import { UNPACK_LIMITS } from "./limits";
import { isTar, readTar } from "./tar";

export { isZip } from "../zip/directory";
export { nameInside } from "./gzip-name";
export { UNPACK_LIMITS } from "./limits";
export { isTar } from "./tar";

export interface UnpackedFile {
  /** Its path in the archive, in that of archives before it where it was in one: `2024.zip/may.csv`. */
  name: string;
  bytes: Uint8Array;
}

export interface Unpacked {
  files: UnpackedFile[];
  /** What was left out and why, as sentences. */
  notes: string[];
}

/** Whether the bytes are an archive of files: gzip, tar, or a ZIP that is no document by itself, as a workbook is. */
export const isArchive = (bytes: Uint8Array): boolean =>
  isGzip(bytes) || isTar(bytes) || (isZip(bytes) && packageKind(bytes) === null);

/**
 * Bytes that an archive says it inflates to; null for what is none, or is damaged. An estimate: it may lie, and of
 * several gzip members only the last one's size is met (ISIZE, RFC 1952, section 2.3.1).
 */
export function declaredBytes(bytes: Uint8Array): number | null {
  if (isGzip(bytes) && bytes.byteLength >= 18)
    return new DataView(bytes.buffer, bytes.byteOffset).getUint32(bytes.byteLength - 4, true);
  try {
    if (isTar(bytes)) return bytes.byteLength;
    if (!isArchive(bytes)) return null;
    return readDirectory(bytes, MOST_PARTS).reduce((sum, entry) => sum + entry.bytes, 0);
  } catch (error) {
    if (error instanceof AppError) return null;
    throw error;
  }
}

/**
 * The files of a gzip (RFC 1952), ZIP (PKWARE APPNOTE 6.3.10) or tar archive, archives within it unpacked too, to a
 * depth of one; a tar in gzip is one archive. Links, encrypted and damaged files are left out and told in `notes`, as long as another can be read. Throws
 * `malformed_data` for a damaged archive or one without a readable file, `no_valid_rows` for an empty one, and
 * `payload_too_large` past {@link UNPACK_LIMITS}, by what is declared and again by what comes out.
 */
export function unpack(bytes: Uint8Array, name: string): Unpacked {
  if (bytes.byteLength > UNPACK_LIMITS.packedBytes) throw tooLarge("An archive", UNPACK_LIMITS.packedBytes);
  const unpacking = new Unpacking();
  unpacking.take(bytes, name, "", 0);
  const { files, notes } = unpacking.result();
  if (files.length > 0) return { files, notes };
  if (notes.length > 0)
    throw fail("malformed_data", `No file of the archive can be read. ${notes.slice(0, 5).join(" ")}`);
  throw fail("no_valid_rows", "The archive holds no file.");
}

/** One archive and those in it: they share the limits. */
class Unpacking {
  private readonly files: UnpackedFile[] = [];
  private readonly notes: string[] = [];
  private readonly names = new Set<string>();
  private entries = 0;
  private bytes = 0;
  private litter = 0;

  result(): Unpacked {
    if (this.litter > 0)
      this.notes.push(`${this.litter} file(s) that a system put beside yours were left out.`);
    return { files: this.files, notes: this.notes };
  }

  /** `within` is the path of the archive in the outermost one, with a slash behind it, or empty. */
  take(bytes: Uint8Array, name: string, within: string, depth: number): void {
    if (isGzip(bytes)) this.takeGzip(bytes, name, within, depth);
    else if (isTar(bytes)) this.takeTar(bytes, within, depth);
    else this.takeZip(bytes, within, depth);
  }

  private takeGzip(bytes: Uint8Array, name: string, within: string, depth: number): void {
    this.count(1);
    const inside = gunzip(bytes, Math.min(UNPACK_LIMITS.fileBytes, this.room));
    if (isTar(inside)) this.takeTar(inside, within, depth);
    else this.keep(safePath(nameInside(bytes, name)) ?? "data", inside, within, depth);
  }

  private takeTar(bytes: Uint8Array, within: string, depth: number): void {
    const entries = readTar(bytes, UNPACK_LIMITS.entries);
    this.count(entries.length);
    for (const { name, isLink, bytes: content } of entries) {
      const path = safePath(name);
      if (isLitter(name)) this.litter++;
      else if (path === null) this.leaveOut(within + printable(name), "leads out of the archive");
      else if (isLink) this.leaveOut(within + path, "is a link");
      else this.keep(path, content, within, depth);
    }
  }

  private takeZip(bytes: Uint8Array, within: string, depth: number): void {
    const entries = readDirectory(bytes, UNPACK_LIMITS.entries);
    this.count(entries.length);
    const files = entries.filter(({ isDirectory }) => !isDirectory);
    if (files.reduce((sum, entry) => sum + entry.bytes, 0) > this.room)
      throw tooLarge("The files of an archive", UNPACK_LIMITS.totalBytes);
    for (const entry of files) {
      if (isLitter(entry.name)) this.litter++;
      else this.takeEntry(bytes, entry, within, depth);
    }
  }

  private takeEntry(archive: Uint8Array, entry: ZipEntry, within: string, depth: number): void {
    const path = safePath(entry.name);
    const why = path === null ? "leads out of the archive" : whyUnread(entry);
    if (path === null || why !== null) {
      this.leaveOut(within + printable(entry.name), why!);
      return;
    }
    if (entry.bytes > UNPACK_LIMITS.fileBytes)
      throw tooLarge("A file of an archive", UNPACK_LIMITS.fileBytes);
    const content = readEntry(archive, entry);
    if ("unreadable" in content) this.leaveOut(within + path, content.unreadable);
    else this.keep(path, content.bytes, within, depth);
  }

  /** Takes a file over, or what is in it where it is an archive itself. */
  private keep(path: string, bytes: Uint8Array, within: string, depth: number): void {
    this.bytes += bytes.byteLength;
    if (this.room < 0) throw tooLarge("The files of an archive", UNPACK_LIMITS.totalBytes);
    const name = this.distinct(within + path);
    try {
      if (!isArchive(bytes)) this.files.push({ name, bytes });
      else if (depth < UNPACK_LIMITS.depth) this.take(bytes, path, `${name}/`, depth + 1);
      else this.leaveOut(name, "is an archive in an archive of an archive");
    } catch (error) {
      // A damaged archive does not cost the files beside it theirs; the outermost has none beside it.
      if (!(error instanceof AppError) || error.failure.code !== "malformed_data") throw error;
      this.leaveOut(name, "is a damaged archive");
    }
  }

  private get room(): number {
    return UNPACK_LIMITS.totalBytes - this.bytes;
  }

  private count(entries: number): void {
    this.entries += entries;
    if (this.entries > UNPACK_LIMITS.entries)
      throw fail("payload_too_large", `Archives of at most ${UNPACK_LIMITS.entries} entries are taken.`, {
        extra: { limit_entries: UNPACK_LIMITS.entries },
      });
  }

  /** A path that is there twice is two files. */
  private distinct(path: string): string {
    let name = path;
    for (let n = 2; this.names.has(name); n++) name = path.replace(/(\.[^./]*)?$/, ` (${n})$1`);
    this.names.add(name);
    return name;
  }

  private leaveOut(name: string, why: string): void {
    this.notes.push(`"${name}" ${why} and was left out.`);
  }
}

/** What systems put beside one's files: metadata of macOS and Windows. */
const isLitter = (name: string): boolean =>
  /(?:^|[\\/])(?:__MACOSX[\\/]|\.DS_Store$|\._[^\\/]*$|Thumbs\.db$|desktop\.ini$)/i.test(name);

/** A path with slashes and without empty or `.` parts; null where it is absolute or climbs. It is a label, never opened. */
function safePath(name: string): string | null {
  const parts = printable(name)
    .split(/[\\/]/)
    .filter((part) => part !== ".");
  if (parts.length === 0 || parts.includes("..") || parts[0] === "" || /^[A-Za-z]:/.test(parts[0]!))
    return null;
  return parts.filter((part) => part !== "").join("/") || null;
}

/** Control characters and marks that turn the direction of writing make a name look like another. */
const printable = (name: string): string =>
  name.replace(/[\p{Cc}\p{Cf}\p{Cs}]/gu, "\ufffd").slice(0, UNPACK_LIMITS.pathChars);

const tooLarge = (what: string, bytes: number) =>
  fail("payload_too_large", `${what} may have at most ${bytes} bytes (${bytes / 1e6} MB).`, {
    extra: { limit_bytes: bytes },
  });
