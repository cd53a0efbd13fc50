import Papa from "papaparse";

/**
 * The floors of the benchmarks of ingest: a body is read and parsed, its rows are counted, nothing else. JSON as such; CSV
 * split at its line ends and commas with a Number() for each cell but the first, and by papaparse.
 */
const PARSERS = {
  json: async (request) => (await request.json()).points.length,
  split: async (request) => {
    const lines = (await request.text()).trimEnd().split("\n");
    let filled = 0;
    for (const line of lines)
      for (const [i, cell] of line.split(",").entries()) if (i > 0 && !Number.isNaN(Number(cell))) filled++;
    return filled > 0 ? lines.length - 1 : 0;
  },
  papaparse: async (request) => Papa.parse((await request.text()).trimEnd()).data.length - 1,
};

export default {
  async fetch(request) {
    const parse = PARSERS[new URL(request.url).searchParams.get("parser") ?? "json"];
    return Response.json({ accepted: await parse(request) }, { status: 202 });
  },
};
