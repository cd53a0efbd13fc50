// `npm run dev`: the platform on this machine, with live reload. Options: --port N, --state FOLDER of local data.
import { readOptions } from "./lib/options.mjs";
import { startPlatform, untilAskedToEnd } from "./lib/start-platform.mjs";

const options = readOptions();
const asked = untilAskedToEnd();
const started = startPlatform({ ...options, asked });
const first = await Promise.race([
  asked,
  started.catch((error) => {
    console.error(error.message);
    process.exit(1);
  }),
]);
if (typeof first === "string") {
  await started.then((platform) => platform.stop()).catch(() => {});
  process.exit(0);
}

const platform = first;
console.log(`StratosMesh  ${platform.url}
  API        ${platform.url}/docs/
  OpenAPI    ${platform.url}/openapi.json
  Health     ${platform.url}/health
Ctrl-C stops it.`);
const outcome = await Promise.race([asked, platform.ended]);
await platform.stop();
if (typeof outcome === "string") process.exit(0);
console.error("wrangler ended by itself.");
process.exit(1);
