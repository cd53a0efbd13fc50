// Reads vitest's JSON report and says it in one line: `node scripts/sum-tests.mjs REPORT [EXIT_CODE_OF_VITEST]`.
// Ends with 1 when a test failed, when none ran, or when vitest itself failed (a file that does not load has no tests).
import { readFile } from "node:fs/promises";

const [file, exitCode = "0"] = process.argv.slice(2);
const report = JSON.parse((await readFile(file, "utf8").catch(() => "")) || "{}");
const passed = report.numPassedTests ?? 0;
const failed = report.numFailedTests ?? 0;
const skipped = (report.numPendingTests ?? 0) + (report.numTodoTests ?? 0);
const brokenFiles = (report.testResults ?? []).filter(
  ({ status, assertionResults }) =>
    status === "failed" && !assertionResults.some((test) => test.status === "failed"),
);
for (const { name, message } of brokenFiles) console.log(`did not run: ${name}\n${message}`);
if (exitCode !== "0") console.log(`vitest ended with ${exitCode}`);
if (passed + failed === 0) console.log("no test has run");
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
process.exitCode = failed > 0 || passed === 0 || exitCode !== "0" ? 1 : 0;
