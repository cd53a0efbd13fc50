import { type Row, textOf } from "./lines";

/**
 * Signs of a program in a line: an assignment, a scope, a statement's end, a prompt, a comment, the parts of a structure,
 * and the indices before printed vectors and matrices.
 */
const CODE =
  /<-|:=|==|[{};]$|^[{}]|^\.\.|(?:^| )\/\/ |^#{1,3}(?: |$)|^(?:\$|\.\.\$) ?\w+ *:|^(?:>|\+|>>>|In \[\d+\]:) *[\p{L}(].*[(=]|^(?:#+ ?)?\[\d{1,6},?\](?: |$)|\[,\d{1,4}\]/u;

/** Bytes of a file in hexadecimal, eight and more in a line, or half as many groups of several. */
const isDump = (words: readonly string[]): boolean => {
  const groups = words.filter((word) => /^(?:[\da-f]{2}){1,8}$/i.test(word));
  const bytes = groups.reduce((sum, word) => sum + word.length / 2, 0);
  return bytes >= 8 && groups.length >= words.length * 0.6 && groups.some((word) => /[a-f]/i.test(word));
};

const isCode = ({ chunks }: Row): boolean => {
  const text = chunks.map(({ words }) => textOf(words)).join(" ");
  return text.length <= 1_000 && (CODE.test(text) || isDump(text.split(" ")));
};

/** Whether rows are of a program, of what it printed, or of a dump of bytes: numbers, but no table of data. */
export const isListing = (rows: readonly Row[]): boolean =>
  rows.filter(isCode).length >= Math.max(2, rows.length * 0.4);
