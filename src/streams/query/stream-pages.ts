import { utf8 } from "../../core/bytes";
import type { DataFormat } from "./accept";
import { csvHeader, csvRecords, ndjsonLines } from "./lines-of-text";
import { QUERY_LIMITS, type QueryPage } from "./spec";

export type TextFormat = Exclude<DataFormat, "application/json">;

/**
 * The text of an answer from its first page on (for CSV one with columns), up to a number of rows. The next page is
 * fetched when the reader has taken the one before; a fetch that fails errors the stream.
 */
export function streamPages(
  first: QueryPage,
  format: TextFormat,
  rows: number,
  fetchNext: (cursor: string, limit: number) => Promise<QueryPage>,
): ReadableStream<Uint8Array> {
  const pages = pagesFrom(first, rows, fetchNext);
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { value: page } = await pages.next();
      if (!page) return controller.close();
      controller.enqueue(utf8(textOf(page, first, format)));
    },
    async cancel() {
      await pages.return(undefined);
    },
  });
}

async function* pagesFrom(
  first: QueryPage,
  rows: number,
  fetchNext: (cursor: string, limit: number) => Promise<QueryPage>,
): AsyncGenerator<QueryPage, undefined> {
  let left = rows;
  for (let page = first; ; ) {
    left -= page.points.length;
    yield page;
    if (page.next === null || left <= 0) return;
    page = await fetchNext(page.next, Math.min(left, QUERY_LIMITS.pageRows));
  }
}

function textOf(page: QueryPage, first: QueryPage, format: TextFormat): string {
  if (format !== "text/csv") return ndjsonLines(page.points);
  const columns = first.columns ?? { fields: [], tags: [] };
  return (page === first ? csvHeader(columns) : "") + csvRecords(page.points, columns);
}
