/**
 * Whether every root of 1 - c_1 z - c_2 z^2 - ... lies outside the circle of `radius`: the backward recursion of Levinson
 * and Durbin on the polynomial of z * radius, whose reflection coefficients are then all inside (-1, 1). Barndorff-Nielsen
 * and Schou 1973, "On the parametrization of autoregressive models by partial autocorrelations".
 */
export function hasRootsBeyond(coefficients: readonly number[], radius: number): boolean {
  let current = coefficients.map((coefficient, i) => coefficient * radius ** (i + 1));
  while (current.length > 0) {
    const reflection = current.at(-1)!;
    if (!(Math.abs(reflection) < 1)) return false;
    const rest = current.slice(0, -1);
    const scale = 1 - reflection * reflection;
    current = rest.map((coefficient, i) => (coefficient + reflection * rest[rest.length - 1 - i]!) / scale);
  }
  return true;
}
