/** Uniform (Tommy Ettinger's mulberry32) and standard normal (Box and Muller 1958) numbers, the same every time. */
export function normals(seed) {
  let state = seed >>> 0;
  const uniform = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (((mixed ^ (mixed >>> 14)) >>> 0) + 0.5) / 4_294_967_296;
  };
  const normal = () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
  return { uniform, normal };
}

/** Area under the receiver operating characteristic: how often an anomaly's score is above another's, ties half. */
export function aucOf(scores, labels) {
  const order = [...scores.keys()].sort((a, b) => scores[a] - scores[b]);
  let ranks = 0;
  for (let from = 0; from < order.length; ) {
    let to = from;
    while (to < order.length && scores[order[to]] === scores[order[from]]) to++;
    for (let k = from; k < to; k++) if (labels[order[k]]) ranks += (from + 1 + to) / 2;
    from = to;
  }
  const positives = labels.reduce((sum, label) => sum + label, 0);
  return (ranks - (positives * (positives + 1)) / 2) / (positives * (labels.length - positives));
}
