/** The encoding that a document calls by a label, as `TextDecoder` names it; null where there is none of the label. */
export function knownEncoding(label: string | null | undefined): string | null {
  if (!label) return null;
  try {
    return new TextDecoder(label).encoding;
  } catch {
    return null;
  }
}
