import type { Region } from "./region";

/** The last line of those above the names in which a text stands alone; "" where none does. */
export function titleOf(region: Region, rows: number): string {
  for (let i = rows - 1; i >= 0; i--) {
    const [text, ...more] = region.row(i).filter((cell) => cell !== null);
    if (typeof text === "string" && more.length === 0) return text.replace(/\s+/g, " ").trim();
  }
  return "";
}

/** The title nearest to a table: above its names, or in one of the blocks above it, the last of which comes last. */
export function nearestTitle(body: Region, above: number, blocks: readonly Region[]): string {
  const own = titleOf(body, above);
  if (own !== "") return own;
  return (
    blocks
      .toReversed()
      .map((block) => titleOf(block, block.rows.length))
      .find(Boolean) ?? ""
  );
}

/** Whether two tables are called the same: of a report that is printed page by page the title comes again, counted on. */
export const isSameTitle = (a: string, b: string): boolean => plain(a) === plain(b);

const plain = (title: string): string =>
  title
    .toLowerCase()
    .replace(
      /\(?\b(?:continued|cont'?d|fortsetzung|(?:page|seite) *\d+(?: *(?:of|von|\/) *\d+)?)\b\.?\)?/g,
      "",
    )
    .replace(/[^\p{L}\p{N}]+/gu, "");
