const FLAG_EXTRA = 4;
const FLAG_NAME = 8;

/** The name of the file inside, without folders: as the first member's header says (RFC 1952, section 2.3.1), else `name` without its ending. */
export function nameInside(bytes: Uint8Array, name: string): string {
  const told = headerName(bytes) ?? name.replace(/\.tgz$/i, ".tar").replace(/\.(?:gz|gzip)$/i, "");
  return told.split(/[\\/]/).at(-1)!;
}

function headerName(bytes: Uint8Array): string | null {
  const flags = bytes[3] ?? 0;
  if ((flags & FLAG_NAME) === 0) return null;
  const start = 10 + (flags & FLAG_EXTRA ? 2 + (bytes[10] ?? 0) + 256 * (bytes[11] ?? 0) : 0);
  const end = bytes.indexOf(0, start);
  if (end <= start || end - start > 1_000) return null;
  // The RFC says Latin-1; what writes names today writes UTF-8, of which ASCII is the part that both share.
  return new TextDecoder().decode(bytes.subarray(start, end));
}
