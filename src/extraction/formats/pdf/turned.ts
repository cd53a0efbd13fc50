import type { PageLayer, Word } from "./geometry";
import { upright } from "./geometry";
import { linesOf } from "./words";

/** A line of turned text as a word that stands at its foot, and where it has its head. */
interface TurnedLine {
  word: Word;
  head: number;
}

/**
 * Narrow columns have names that are turned by a quarter. Where several turned lines stand beside each other they are put
 * among the upright words, each as one word at the lowest foot; a single one is the title of an axis or a margin and is not.
 */
export function withTurnedNames(layers: readonly PageLayer[]): PageLayer[] {
  const main = [...layers].sort((a, b) => b.words.length - a.words.length)[0];
  if (!main) return [];
  const names = layers
    .filter((layer) => layer !== main && isQuarter(layer, main))
    .flatMap((layer) => feet(layer, main));
  const words = besideEachOther(names);
  if (words.length === 0) return [...layers];
  return layers.map((layer) => (layer === main ? { ...main, words: [...main.words, ...words] } : layer));
}

/** In the middle of their cells lines of several lengths have neither feet nor heads at one height, but overlap. */
function besideEachOther(lines: readonly TurnedLine[]): Word[] {
  const rows: TurnedLine[][] = [];
  for (const line of [...lines].sort((a, b) => a.word.y - b.word.y)) {
    const row = rows.findLast((others) =>
      others.some(({ word, head }) => {
        const shared = Math.min(word.y, line.word.y) - Math.max(head, line.head);
        return shared > 0.5 * Math.min(word.y - head, line.word.y - line.head);
      }),
    );
    if (row) row.push(line);
    else rows.push([line]);
  }
  return rows
    .filter((row) => row.length >= 2)
    .flatMap((row) => {
      const foot = Math.max(...row.map(({ word }) => word.y));
      return row.map(({ word }) => ({ ...word, y: foot }));
    });
}

const isQuarter = (layer: PageLayer, main: PageLayer): boolean => (layer.turns - main.turns + 4) % 2 === 1;

/** The lines of a turned layer as words that stand where the line has its foot on the page as `main` reads it. */
function feet(layer: PageLayer, main: PageLayer): TurnedLine[] {
  const back = (4 - layer.turns) % 4;
  return linesOf(layer.words, 0.3).flatMap((line) => {
    const [first] = line;
    const last = line.at(-1)!;
    const spread = line.some((word, i) => i > 0 && word.x0 - line[i - 1]!.x1 > 1.5 * word.size);
    if (spread || line.length > 8) return [];
    const ends = [first!.x0, last.x1].map((x) => {
      const [px, py] = upright(back, layer.width, layer.height, x, first!.y);
      const [width, height] = main.turns % 2 === 0 ? [main.width, main.height] : [main.height, main.width];
      return upright(main.turns, width, height, px, py);
    });
    const [foot, top] = ends.sort((a, b) => b[1] - a[1]) as [[number, number], [number, number]];
    // Text that runs upwards has its letters left of the baseline, text that runs downwards right of it.
    const up = (layer.turns - main.turns + 4) % 4 === 3;
    const x0 = up ? foot[0] - 0.8 * first!.size : foot[0] - 0.2 * first!.size;
    const text = line.map((word) => word.text).join(" ");
    const word = { text, x0, x1: x0 + first!.size, y: foot[1], size: first!.size, font: first!.font };
    return [{ word, head: top[1] }];
  });
}
