/**
 * One handwritten digit of any photo or drawing made like MNIST's: normalisation.py.
 *
 * MNIST's digits were scaled into 20 × 20 pixels with their aspect kept, which anti-aliased them,
 * and placed in 28 × 28 with the centre of mass in the middle.
 *
 * A grey image, ink and a mask are as in segmentation.js.
 *
 * @typedef {import("./arrays.js").Image} Image
 * @typedef {import("./arrays.js").Mask} Mask
 */

import {
  above,
  among,
  boxOf,
  clipped,
  cut,
  dilation,
  distances,
  erosion,
  extremes,
  mapped,
  mean,
  percentile,
  rounded,
  sum,
  surrounded,
  widened,
} from "./arrays.js";
import { constants } from "./constants.js";
import { DIGIT, TINY, inked, otsu, parts, scaled } from "./segmentation.js";

const WIDTHS = constants["normalisation.WIDTHS"];
const TOP = constants["normalisation.TOP"];

/**
 * Return the typical width, in pixels, of the strokes in a mask.
 *
 * In a long stroke of width w, the mean distance to the nearest outside pixel is (w + 1) / 4 or a
 * little more.
 */
export function stroke(mask) {
  return 4 * mean(distances(mask)) - 1;
}

/** Return ink with its strokes wider by radius pixels on each side; narrower where negative. */
export function thickened(ink, radius) {
  const reach = rounded(Math.abs(radius));
  const change = radius > 0 ? dilation : erosion;
  return change(surrounded(ink, reach), reach, radius * radius + 0.5);
}

/**
 * Return the weights that average n values over m equal intervals, exactly.
 *
 * @returns {Float64Array[]} m rows of n weights
 */
export function averaging(n, m) {
  const end = (i) => i * (n / m);
  return Array.from({ length: m }, (_, i) =>
    Float64Array.from({ length: n }, (_, k) => {
      const overlap = Math.min(end(i + 1), k + 1) - Math.max(end(i), k);
      return Math.max(overlap, 0) * (m / n);
    }),
  );
}

/** Return ink averaged over width × height equal areas. */
function averaged(ink, width, height) {
  const [across, down] = [averaging(ink.width, width), averaging(ink.height, height)];
  const low = new Float64Array(ink.width * height);
  down.forEach((weights, y) => {
    weights.forEach((weight, k) => {
      for (let x = 0; weight && x < ink.width; x++) {
        low[y * ink.width + x] += weight * ink.data[k * ink.width + x];
      }
    });
  });
  const data = new Float64Array(width * height);
  for (let y = 0; y < height; y++) {
    const row = low.subarray(y * ink.width, (y + 1) * ink.width);
    across.forEach((weights, x) => {
      data[y * width + x] = weights.reduce((total, weight, k) => total + weight * row[k], 0);
    });
  }
  return { width, height, data };
}

/**
 * Return the ink under and right beside a mask as MNIST would have it.
 *
 * @param {Image} ink
 * @param {Mask} mask of the same size
 * @returns {Uint8Array} 784 grey levels, 28 rows of 28, 255 being ink
 */
export function framed(ink, mask) {
  // Anti-aliased edges reach about two pixels beyond the mask; dust and neighbours lie further.
  const near = widened(mask, 2).data;
  ink = cut(
    mapped(ink, (value, i) => (near[i] ? value : 0)),
    boxOf(mask),
  );
  ink = scaled(ink, TINY / Math.max(ink.width, ink.height));
  const half = otsu(ink.data);
  const width = (stroke(above(ink, half)) * 20) / TINY;
  const radius = (((clipped(width, ...WIDTHS) - width) / 2) * TINY) / 20;
  if (Math.abs(radius) >= 0.5) {
    const changed = thickened(ink, radius);
    if (changed.data.some((value) => value > half)) ink = changed;
  }
  ink = cut(ink, boxOf(above(ink, half)));
  const longer = Math.max(ink.width, ink.height);
  const [w, h] = [ink.width, ink.height].map((n) => Math.max(1, rounded((20 * n) / longer)));
  ink = averaged(ink, w, h);
  const [, highest] = extremes(ink.data);
  const white = percentile(
    ink.data.filter((value) => value > 0.2 * highest),
    TOP,
  );
  ink = mapped(ink, (value) => clipped(value / white, 0, 1));
  // The centre of mass goes to index 14, by whole pixels as in MNIST. What would stick out of the
  // 28 pixels is cut off; that happens only where nearly all the mass is at one end of a digit.
  const mass = sum(ink.data);
  const start = (index) => {
    const centre = sum(ink.data.map((value, i) => value * index(i))) / mass;
    return Math.floor(24 - centre + 0.5) - 10; // in Python's order, for its rounding
  };
  const [top, left] = [start((i) => Math.floor(i / w)), start((i) => i % w)];
  const out = new Uint8Array(28 * 28);
  ink.data.forEach((value, i) => {
    const [y, x] = [top + Math.floor(i / w), left + (i % w)];
    if (y >= 0 && y < 28 && x >= 0 && x < 28) out[28 * y + x] = rounded(value * 255);
  });
  return out;
}

/**
 * Return all that is drawn on a grey image as one digit, 784 grey levels as framed returns them.
 *
 * Throws an Error, whose message is meant to be shown, where no ink is seen.
 *
 * @param {Image} grey
 */
export function digit(grey) {
  const [ink, mask] = inked(grey, DIGIT);
  const { labels, kept } = parts(mask);
  return framed(ink, among(labels, kept));
}
