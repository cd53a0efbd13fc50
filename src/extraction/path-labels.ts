/**
 * A label for each of several paths: its last part, or as many of them as tell it apart from the others. `paths` differ
 * from each other, and so do the labels.
 */
export function pathLabels(paths: readonly string[]): Map<string, string> {
  const labels = new Map<string, string>();
  let alike: (readonly string[])[] = [paths];
  for (let parts = 1; alike.length > 0; parts++) {
    alike = alike.flatMap((group) => {
      const byEnd = Map.groupBy(group, (path) => path.split("/").slice(-parts).join("/"));
      return [...byEnd].flatMap(([end, same]) => {
        // A path that is as short as this has no more to tell; the others do.
        for (const path of same) if (same.length === 1 || path === end) labels.set(path, end);
        return same.length === 1 ? [] : [same.filter((path) => path !== end)];
      });
    });
  }
  return labels;
}
