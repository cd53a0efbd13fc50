import { parseArgs } from "node:util";

/** The options all starters share, and those of one of them. Ends the program when an option is unknown or wrong. */
export function readOptions(own = {}, { port = 3000 } = {}) {
  try {
    const { values } = parseArgs({
      options: { port: { type: "string", default: String(port) }, state: { type: "string" }, ...own },
    });
    const number = Number(values.port);
    if (!Number.isInteger(number) || number < 1 || number > 65_534)
      throw new Error(`--port must be a number from 1 to 65534, not ${values.port}`);
    return { ...values, port: number };
  } catch (error) {
    console.error(error.message);
    process.exit(2);
  }
}
