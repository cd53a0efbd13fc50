/**
 * Templates of messages as they come, in the manner of Drain (He, Zhu, Zheng, Lyu: "Drain: An Online Log Parsing
 * Approach with Fixed Depth Tree", ICWS 2017): what is certainly variable is masked, a message is led by its number of
 * words and its first words to a few templates, and joins the most similar one or begins a new one.
 */
export const WILDCARD = "<*>";

const DRAIN = {
  /** Words that lead through the tree, beside the number of words. */
  prefixWords: 2,
  /** Least share of words that a message and its template have in common. */
  similarity: 0.4,
  /** Different words at a node; more go the wildcard's way. */
  children: 100,
  /** Templates in all. What fits none of them then is `<*>`. */
  templates: 1_000,
  /** Characters and words of a message that are looked at. */
  chars: 2_000,
  words: 128,
  /** Characters of all templates that a new tree begins with: they are part of a small document. */
  handedOn: 64_000,
  /** Characters of a template as it is given out: a tag value has at most 512. */
  wording: 500,
} as const;

interface Cluster {
  words: string[];
  messages: number;
  /** Fixed when the first row leaves under it, so that later rows are called the same. */
  wording: string | null;
}
interface Node {
  children: Map<string, Node>;
  clusters: Cluster[];
}

// One pass; the alternatives begin differently or are tried longest first, and none repeats a group that overlaps itself.
const ALTERNATIVES = [
  "(?<![\\w-])[\\da-fA-F]{8}-[\\da-fA-F]{4}-[\\da-fA-F]{4}-[\\da-fA-F]{4}-[\\da-fA-F]{12}(?![\\w-])",
  "https?://[^\\s\"'<>()\\[\\]]{1,400}",
  "(?<![\\w.])/?\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}(?::\\d{1,5})?(?![\\w.])",
  "(?<![\\w:])(?:[\\da-fA-F]{2}:){5}[\\da-fA-F]{2}(?![\\w:])",
  "(?<!\\w)0x[\\da-fA-F]{1,64}(?!\\w)",
  "(?<=^|[\\s=(\\[\"',:])(?:/[^\\s/\"'(),;:\\[\\]]{1,200}){2,40}/?",
  "(?<![\\w-])(?=[a-f]{0,40}\\d)[\\da-f]{8,64}(?![\\w-])",
  "(?<![A-Za-z\\d])[+-]?\\d{1,40}(?:[.,:]\\d{1,40}){0,8}",
].join("|");
// What they begin with, a letter at the beginning of a word: asked for first, half of the time is saved.
const VARIABLE = new RegExp(`(?=[\\dh/+-]|(?<!\\w)[a-fA-F])(?:${ALTERNATIVES})`, "g");
const REPEATED = /<\*>(?:[._:/x-]?<\*>){1,40}/g;

/** The words of a message, its variable parts masked. */
export function maskedWords(message: string): string[] {
  const line = message.slice(0, DRAIN.chars).split("\n", 1)[0]!;
  const masked = line.replace(VARIABLE, WILDCARD).replace(REPEATED, WILDCARD);
  return (masked.match(/\S+/g) ?? []).slice(0, DRAIN.words);
}

/** A tree of templates. Bounded in memory; a message costs a walk of fixed depth and the templates at its leaf. */
export class TemplateTree {
  private readonly root = new Map<number, Node>();
  private count = 0;

  /** `known`: templates learned from a sample, in the order in which they were found. */
  constructor(known: readonly string[] = []) {
    for (const wording of known) {
      const words = wording.split(" ");
      this.begin(this.leaf(words, true), words).wording = wording.slice(0, DRAIN.wording);
    }
  }

  get size(): number {
    return this.count;
  }

  /** Takes a message in and gives the words of its template; `<*>` where there is no room for another one. */
  learn(message: string): string {
    const words = maskedWords(message);
    const leaf = this.leaf(words, this.count < DRAIN.templates);
    const cluster = leaf && closest(leaf.clusters, words);
    if (cluster) {
      join(cluster, words);
      cluster.wording ??= wordingOf(cluster);
      return cluster.wording;
    }
    if (!leaf || this.count >= DRAIN.templates) return WILDCARD;
    const begun = this.begin(leaf, words);
    begun.wording = wordingOf(begun);
    return begun.wording;
  }

  /** As `learn`, for the sample that is looked at before rows are given out: wordings stay open. */
  train(message: string): void {
    const words = maskedWords(message);
    const leaf = this.leaf(words, this.count < DRAIN.templates);
    const cluster = leaf && closest(leaf.clusters, words);
    if (cluster) join(cluster, words);
    else if (leaf && this.count < DRAIN.templates) this.begin(leaf, words);
  }

  /** The templates as they stand, the most frequent first, for a new tree to begin with. */
  templates(): string[] {
    const found: Cluster[] = [];
    const walk = (node: Node) => {
      found.push(...node.clusters);
      for (const child of node.children.values()) walk(child);
    };
    for (const node of this.root.values()) walk(node);
    let room: number = DRAIN.handedOn;
    return found
      .sort((a, b) => b.messages - a.messages)
      .map(({ words }) => words.join(" "))
      .filter((template) => {
        room -= template.length;
        return room >= 0;
      });
  }

  private leaf(words: readonly string[], grow: boolean): Node | null {
    let node = this.root.get(words.length);
    if (!node) {
      if (!grow) return null;
      node = { children: new Map(), clusters: [] };
      this.root.set(words.length, node);
    }
    const depth = Math.min(DRAIN.prefixWords, words.length);
    for (let i = 0; i < depth; i++) {
      const word = words[i]!;
      const key = /\d|<\*>/.test(word) ? WILDCARD : word;
      let child: Node | undefined = node.children.get(key);
      if (!child) {
        const full: boolean = !grow || node.children.size >= DRAIN.children;
        child = full ? node.children.get(WILDCARD) : undefined;
        if (!child) {
          if (!grow) return null;
          child = { children: new Map(), clusters: [] };
          node.children.set(full ? WILDCARD : key, child);
        }
      }
      node = child;
    }
    return node;
  }

  private begin(leaf: Node | null, words: string[]): Cluster {
    const cluster: Cluster = { words: [...words], messages: 1, wording: null };
    leaf?.clusters.push(cluster);
    this.count++;
    return cluster;
  }
}

/** What differs between the messages of a template is left open. */
function join(cluster: Cluster, words: readonly string[]): void {
  cluster.messages++;
  words.forEach((word, i) => {
    if (cluster.words[i] !== word) cluster.words[i] = WILDCARD;
  });
}

const wordingOf = ({ words }: Cluster): string => (words.join(" ") || WILDCARD).slice(0, DRAIN.wording);

/** The template with most words in common, the one with fewer wildcards among equals; null where none has enough. */
function closest(clusters: readonly Cluster[], words: readonly string[]): Cluster | null {
  let best: Cluster | null = null;
  let bestSame = -1;
  let bestWild = 0;
  for (const cluster of clusters) {
    let same = 0;
    let wild = 0;
    for (let i = 0; i < words.length; i++) {
      const own = cluster.words[i]!;
      if (own === WILDCARD) wild++;
      else if (own === words[i]) same++;
    }
    if (same > bestSame || (same === bestSame && wild < bestWild))
      [best, bestSame, bestWild] = [cluster, same, wild];
  }
  if (!best) return null;
  // A template of wildcards alone fits every message of its length.
  const fixed = words.length - bestWild;
  const enough =
    words.length === 0 || bestSame / words.length >= DRAIN.similarity || (fixed === 0 && bestWild > 0);
  return enough || (bestSame === fixed && fixed > 0) ? best : null;
}
