import type { Chart } from "./sheet";
import { type PlacedTable, shown } from "./tables";

/** Tells tables which of their columns a chart draws together, and names the charts in their notes. */
export function relateCharts(tables: readonly PlacedTable[], charts: readonly Chart[]): void {
  for (const { table, sheet, region } of tables) {
    const related: string[][] = [];
    const { top, bottom } = region.area;
    for (const { title, ranges } of charts) {
      const drawn = new Set<string>();
      for (const { sheet: name, area } of ranges) {
        // A chart over rows says nothing about columns.
        if (name !== sheet.name || area.bottom < top || area.top > bottom || area.bottom === area.top)
          continue;
        region.columns.forEach((column, at) => {
          const its = table.columns[at];
          if (column >= area.left && column <= area.right && its !== undefined) drawn.add(its);
        });
      }
      if (drawn.size === 0) continue;
      const columns = table.columns.filter((name) => drawn.has(name));
      if (columns.length > 1) related.push(columns);
      const named = title === "" ? "A chart" : `The chart "${shown(title)}"`;
      table.notes.push(
        `${named} draws ${columns
          .slice(0, 8)
          .map((name) => `"${shown(name)}"`)
          .join(", ")}.`,
      );
    }
    if (related.length > 0) table.related = related;
  }
}
