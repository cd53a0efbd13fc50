// Public series of R's datasets package, used in the literature as examples.
const column = (text: string): Float64Array => Float64Array.from(text.trim().split(/\s+/), Number);

/** International airline passengers by month, 1949 to 1960, in thousands (Box and Jenkins 1976, series G). */
export const airPassengers = column(`
  112 118 132 129 121 135 148 148 136 119 104 118
  115 126 141 135 125 149 170 170 158 133 114 140
  145 150 178 163 172 178 199 199 184 162 146 166
  171 180 193 181 183 218 230 242 209 191 172 194
  196 196 236 235 229 243 264 272 237 211 180 201
  204 188 235 227 234 264 302 293 259 229 203 229
  242 233 267 269 270 315 364 347 312 274 237 278
  284 277 317 313 318 374 413 405 355 306 271 306
  315 301 356 348 355 422 465 467 404 347 305 336
  340 318 362 348 363 435 491 505 404 359 310 337
  360 342 406 396 420 472 548 559 463 407 362 405
  417 391 419 461 472 535 622 606 508 461 390 432
`);

/** Annual flow of the Nile at Aswan, 1871 to 1970, in 10^8 cubic metres (Durbin and Koopman 2001). */
export const nile = column(`
  1120 1160 963 1210 1160 1160 813 1230 1370 1140
  995 935 1110 994 1020 960 1180 799 958 1140
  1100 1210 1150 1250 1260 1220 1030 1100 774 840
  874 694 940 833 701 916 692 1020 1050 969
  831 726 456 824 702 1120 1100 832 764 821
  768 845 864 862 698 845 744 796 1040 759
  781 865 845 944 984 897 822 1010 771 676
  649 846 812 742 801 1040 860 874 848 890
  744 749 838 1050 918 986 797 923 975 815
  1020 906 901 1170 912 746 919 718 714 740
`);

/** Annual numbers of lynx trapped in Canada, 1821 to 1934 (Brockwell and Davis 1991). */
export const lynx = column(`
  269 321 585 871 1475 2821 3928 5943 4950 2577
  523 98 184 279 409 2285 2685 3409 1824 409
  151 45 68 213 546 1033 2129 2536 957 361
  377 225 360 731 1638 2725 2871 2119 684 299
  236 245 552 1623 3311 6721 4254 687 255 473
  358 784 1594 1676 2251 1426 756 299 201 229
  469 736 2042 2811 4431 2511 389 73 39 49
  59 188 377 1292 4031 3495 587 105 153 387
  758 1307 3465 6991 6313 3794 1836 345 382 808
  1388 2713 3800 3091 2985 3790 674 81 80 108
  229 399 1132 2432 3574 2935 1537 529 485 662
  1000 1590 2657 3396
`);

/** Uniform numbers in (0, 1), the same every time (Tommy Ettinger's mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (((mixed ^ (mixed >>> 14)) >>> 0) + 0.5) / 4_294_967_296;
  };
}

/** Standard normal numbers (Box and Muller 1958), the same every time. */
export function seededNormal(seed: number): () => number {
  const uniform = seededRandom(seed);
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}

/** A series of one field, a step apart from 2024-01-01 on. */
export function seriesOf(values: ArrayLike<number>, stepMicros = 3_600_000_000) {
  return {
    field: "value",
    tags: {},
    times: Float64Array.from({ length: values.length }, (_, i) => 1_704_067_200_000_000 + i * stepMicros),
    values: Float64Array.from(values),
  };
}
