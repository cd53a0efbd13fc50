/** Rows of equal width under a head line, as text. */
export function table(head, rows) {
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map((row) => String(row[i]).length)));
  const line = (cells) =>
    cells
      .map((cell, i) => String(cell).padEnd(widths[i]))
      .join("  ")
      .trimEnd();
  return [line(head), line(widths.map((width) => "─".repeat(width))), ...rows.map(line)].join("\n");
}

/**
 * History and forecast as a chart of characters, one column a value: ● what was, ◆ what is expected, ░ the interval.
 * `lower` and `upper` are as long as `forecast`.
 */
export function forecastChart({ history, forecast, lower, upper, height = 16 }) {
  const all = [...history, ...forecast, ...lower, ...upper];
  const bottom = Math.min(...all);
  const step = (Math.max(...all) - bottom || 1) / (height - 1);
  const rowOf = (value) => height - 1 - Math.round((value - bottom) / step);
  const rows = Array.from({ length: height }, () => Array(history.length + forecast.length).fill(" "));
  history.forEach((value, i) => {
    rows[rowOf(value)][i] = "●";
  });
  forecast.forEach((value, i) => {
    const column = history.length + i;
    for (let row = rowOf(upper[i]); row <= rowOf(lower[i]); row++) rows[row][column] = "░";
    rows[rowOf(value)][column] = "◆";
  });
  const label = (row) => (row % 3 === 0 ? (bottom + (height - 1 - row) * step).toFixed(0) : "");
  const lines = rows.map((cells, row) => `${label(row).padStart(7)} ┤${cells.join("")}`.trimEnd());
  return [...lines, `${" ".repeat(8)}└${"─".repeat(history.length)}┴${"─".repeat(forecast.length)}`].join(
    "\n",
  );
}
