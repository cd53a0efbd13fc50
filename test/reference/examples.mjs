/**
 * Takes the request examples out of a Markdown document: curl commands, http blocks, and fetch calls with a JSON body.
 * Each becomes {kind, line, method, path, json?, form?}. What the document writes is kept as it is; ids are filled in later.
 */
export function examplesOf(markdown) {
  const blocks = [...markdown.matchAll(/^```(\w+)\n([\s\S]*?)^```/gm)];
  return blocks.flatMap(({ 1: language, 2: text, index }) => {
    const line = markdown.slice(0, index).split("\n").length;
    if (language === "bash") return curls(text).map((example) => ({ kind: "curl", line, ...example }));
    if (language === "http") return [{ kind: "http", line, ...http(text) }];
    if (["javascript", "jsx", "vue"].includes(language))
      return fetches(text).map((example) => ({ kind: "fetch", line, ...example }));
    return [];
  });
}

/** `curl -X POST http://host/path -H … -d '{…}'` over several lines; -F fields become a form. */
function curls(text) {
  const joined = text.replace(/\\\n/g, " ");
  return [...joined.matchAll(/^curl\s+((?:'[^']*'|"[^"]*"|[^\n'"])*)/gm)].map(([, rest]) => {
    const words = [...rest.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(
      (word) => word[1] ?? word[2] ?? word[3],
    );
    const after = (flag) => words.flatMap((word, i) => (word === flag ? [words[i + 1]] : []));
    const url = new URL(words.find((word) => /^https?:/.test(word)));
    const form = after("-F").map((field) => field.split(/=(.*)/s).slice(0, 2));
    const data = after("-d")[0];
    return {
      method: after("-X")[0] ?? (data ? "POST" : "GET"),
      host: url.host,
      path: url.pathname + url.search,
      ...(data ? { json: JSON.parse(data) } : {}),
      ...(form.length > 0 ? { form: Object.fromEntries(form) } : {}),
    };
  });
}

/** `METHOD /path`, headers, a blank line, and a body of JSON or of `name: value` form lines. */
function http(text) {
  const [head, ...rest] = text.split(/\n\n/);
  const [method, path] = head.split("\n")[0].trim().split(/\s+/);
  const body = rest.join("\n\n").trim();
  if (body === "") return { method, path };
  if (!/multipart/.test(head)) return { method, path, json: JSON.parse(body) };
  const fields = body.split("\n").map((line) => /^(\w+): *"?([^"]*)"?\s*$/.exec(line).slice(1, 3));
  return { method, path, form: Object.fromEntries(fields) };
}

/** `fetch('/path', {… JSON.stringify({…}) …})`: the object literal is read by JavaScript itself. */
function fetches(text) {
  return [...text.matchAll(/fetch\('(\/[^']+)', \{\s*method: '(\w+)'/g)].flatMap((match) => {
    const next = text.indexOf("fetch(", match.index + 1);
    const call = text.slice(match.index, next < 0 ? undefined : next);
    const start = call.indexOf("JSON.stringify({");
    if (start < 0) return [];
    const literal = balanced(call.slice(start + "JSON.stringify(".length));
    try {
      return [
        { method: match[2], path: match[1], json: new Function(`"use strict"; return (${literal})`)() },
      ];
    } catch {
      // It speaks of variables of the page it stands in: no example by itself.
      return [];
    }
  });
}

function balanced(text) {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === "{") depth++;
    if (text[i] === "}" && --depth === 0) return text.slice(0, i + 1);
  }
  return text;
}
