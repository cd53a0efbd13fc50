import type { PageLayer } from "./geometry";
import { chunksOf, textOf } from "./lines";
import { linesOf } from "./words";

/** A page as lines of text, two blanks where there is a gap. */
export const linesText = (layer: PageLayer): string =>
  linesOf(layer.words, 0.42)
    .map((line) =>
      chunksOf(line)
        .map(({ words }) => textOf(words))
        .join("  "),
    )
    .join("\n");
