/** Cells that repeat enough to be a tag: `most` of them at most, and in longer samples half as many as rows. */
export function repeats(cells: readonly (string | null)[], most: number): boolean {
  const filled = cells.filter((cell) => cell !== null && cell !== "");
  const distinct = new Set(filled).size;
  return distinct <= most && (filled.length < 20 || distinct <= filled.length / 2);
}
