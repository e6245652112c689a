/**
 * Ink told from paper, on any photo or drawing, and divided into its parts: segmentation.py.
 *
 * A grey image holds 0 to 1, 1 being white. Ink holds 0 to 1, 0 being paper, dark or light. A mask
 * is 1 where there is enough ink to count.
 *
 * @typedef {import("./arrays.js").Image} Image
 * @typedef {import("./arrays.js").Mask} Mask
 * @typedef {import("./arrays.js").Labels} Labels
 * @typedef {import("./arrays.js").Box} Box
 */

import {
  BICUBIC,
  BILINEAR,
  above,
  clipped,
  cut,
  deviation,
  extremes,
  gaussian,
  histogram,
  labelled,
  mapped,
  mean,
  median,
  opening,
  reflectedOddly,
  resized,
  rounded,
  selected,
} from "./arrays.js";
import { constants } from "./constants.js";

export const DIGIT = constants["segmentation.DIGIT"];
export const TINY = constants["segmentation.TINY"];
const AROUND = constants["segmentation.AROUND"];
const WINDOW = constants["segmentation.WINDOW"];
const RULE = constants["segmentation.RULE"];
const COHERENT = constants["segmentation.COHERENT"];
const FAINT = constants["segmentation.FAINT"];
const CLEAR = constants["segmentation.CLEAR"];
const SURE = constants["segmentation.SURE"];
const GRAIN = constants["segmentation.GRAIN"];
const SPECK = constants["segmentation.SPECK"];
const PIECE = constants["segmentation.PIECE"];
const CONTRAST = constants["reading.CONTRAST"];

/**
 * Return the threshold that divides values best into two classes (Otsu 1979).
 *
 * @param {Float64Array} values
 */
export function otsu(values) {
  const { counts, edges } = histogram(values, 256);
  const masses = counts.map((count, i) => count * ((edges[i + 1] + edges[i]) / 2));
  const whole = masses.reduce((total, mass) => total + mass, 0);
  let [below, part, best, farthest] = [0, 0, 0, -1];
  for (let i = 0; i < 255; i++) {
    below += counts[i];
    part += masses[i];
    const over = values.length - below;
    const apart = part / Math.max(below, 1) - (whole - part) / Math.max(over, 1);
    const between = below * over * (apart * apart);
    if (between > farthest) [best, farthest] = [i, between];
  }
  return edges[1 + best];
}

/** Return the values on the border of an image or of labels, the corners twice. */
export function border({ width, height, data }) {
  const found = [...data.subarray(0, width), ...data.subarray((height - 1) * width)];
  for (let i = 0; i < data.length; i += width) found.push(data[i], data[i + width - 1]);
  return found;
}

/** Return a grey image or ink enlarged or reduced smoothly by a factor. */
export function scaled(image, factor) {
  if (factor === 1) return image;
  const [width, height] = [image.width, image.height].map((n) => Math.max(3, rounded(factor * n)));
  return mapped(resized(image, width, height, BICUBIC), (value) => clipped(value, 0, 1));
}

/** Return an image's longer side, pixels. */
function longerSide({ width, height }) {
  return Math.max(width, height);
}

/**
 * Return the paper under bright ink, an image, with its shadows: a grey-level opening.
 *
 * What is wider and higher than WINDOW is paper (the top-hat transform, Meyer 1979).
 */
export function background(grey) {
  const small = scaled(grey, Math.min(1, (2 * TINY) / longerSide(grey))); // paper has no detail
  const reach = Math.floor((WINDOW * longerSide(small)) / 2);
  // Reflected oddly, so that a gradient of the light goes on beyond the border.
  const wide = opening(reflectedOddly(small, reach), 2 * reach + 1);
  const inside = {
    top: reach,
    bottom: reach + small.height,
    left: reach,
    right: reach + small.width,
  };
  return resized(cut(wide, inside), grey.width, grey.height, BILINEAR);
}

/**
 * Return the correlation of an image's pixels with those down rows below and right columns to the
 * right, which may be negative, or 0 where nothing varies.
 */
function correlation({ width, height, data }, down, right) {
  const [left, end] = [Math.max(-right, 0), width - Math.max(right, 0)];
  const step = down * width + right;
  const n = (height - down) * (end - left);
  let [a, b] = [0, 0];
  for (let y = 0; y < height - down; y++) {
    for (let i = y * width + left; i < y * width + end; i++) {
      a += data[i];
      b += data[i + step];
    }
  }
  const [middle, other] = [a / n, b / n];
  let [aa, ab, bb] = [0, 0, 0];
  for (let y = 0; y < height - down; y++) {
    for (let i = y * width + left; i < y * width + end; i++) {
      const one = data[i] - middle;
      const two = data[i + step] - other;
      aa += one * one;
      ab += one * two;
      bb += two * two;
    }
  }
  return ab / Math.sqrt(aa) / Math.sqrt(bb) || 0;
}

/**
 * Return the correlation of pixels with their neighbours, in the direction where it is highest.
 *
 * The diagonals count: a slanted stroke of one pixel has no neighbour above or beside it.
 */
export function coherence(image) {
  const directions = [
    [1, 0],
    [0, 1],
    [1, 1],
    [1, -1],
  ];
  return Math.max(...directions.map(([down, right]) => correlation(image, down, right)));
}

/** Return whether one part of a mask reaches from one side of the image to the opposite one. */
export function spanning(mask) {
  return labelled(mask).boxes.some(
    ({ top, bottom, left, right }) =>
      (top === 0 && bottom === mask.height) || (left === 0 && right === mask.width),
  );
}

/**
 * Return ink without the lines of ruled or squared paper, if they are thinner than the pen.
 *
 * A grey-level opening removes what is thinner than a square. The square grows until no line
 * reaches from one side of the image to the other.
 */
export function unruled(ink) {
  const longer = longerSide(ink);
  const step = Math.max(1, Math.floor(longer / DIGIT));
  for (let width = 1; width < Math.floor(RULE * longer) + 1; width += width === 1 ? 1 : step) {
    const opened = width > 1 ? opening(ink, width) : ink;
    if (!spanning(above(opened, otsu(opened.data)))) return opened;
  }
  return ink;
}

/** Return whether what a mask holds is ink, and not just the darker half of the paper. */
export function distinct(ink, mask, smoothed) {
  const [marked, paper] = [selected(ink, mask), selected(ink, mask, 0)];
  if (!marked.length || !paper.length) return false;
  const contrast = mean(marked) - mean(paper);
  const spread = deviation(paper);
  const clear = contrast >= Math.max(CONTRAST, CLEAR * spread) && !smoothed;
  return clear || contrast >= Math.max(FAINT, SURE * spread);
}

/** Return whether an image has two different values, neither more nor fewer. */
function twoLevels({ data }) {
  const other = data.find((value) => value !== data[0]);
  return other !== undefined && data.every((value) => value === data[0] || value === other);
}

/**
 * Return the ink of a grey image and its mask, their longer side of TINY to side pixels.
 *
 * Throws an Error, whose message is meant to be shown, where there is no ink.
 *
 * @param {Image} grey
 * @param {number} side pixels
 * @returns {[Image, Mask]}
 */
export function inked(grey, side) {
  // A bitmap has lost its anti-aliasing; about [1 2 1] / 4 each way gives it back.
  if (twoLevels(grey)) grey = gaussian(grey, 0.7);
  const [raw, longer] = [grey, longerSide(grey)];
  const photo = longer > TINY;
  grey = scaled(grey, (photo ? Math.min(side, longer) : TINY) / longer);
  const small = scaled(grey, TINY / longerSide(grey));
  const around = gaussian(small, AROUND * TINY);
  // What differs most from its surroundings is dark.
  if (mean(small.data.map((value, i) => (value - around.data[i]) ** 3)) < 0) {
    grey = mapped(grey, (value) => 1 - value);
  }
  // Someone prepared what is smaller: it has no shadows, but its digit may fill it.
  const paper = photo
    ? background(grey).data
    : new Float64Array(grey.data.length).fill(median(border(grey)));
  // Of the light that paper sends back, ink on white keeps a fraction, whatever the shadow.
  const ink = mapped(grey, (value, i) =>
    clipped((value - paper[i]) / Math.max(1 - paper[i], 0.1), 0, 1),
  );
  const noisy = coherence(photo ? ink : raw) < COHERENT;
  const grain = longerSide(ink) * Math.max(GRAIN, 1 / longer);
  for (const blur of noisy ? [grain] : [0, grain]) {
    const smooth = gaussian(ink, blur);
    const seen = photo ? unruled(smooth) : smooth;
    const mask = above(seen, otsu(seen.data));
    if (distinct(seen, mask, blur > 0)) return [seen, mask];
  }
  throw new Error("no ink is seen; write darker, or photograph closer and in better light");
}

/** Return the highest of numbers, of which a spotted image may have too many for Math.max. */
function highest(numbers) {
  return extremes(numbers)[1];
}

/**
 * Return a mask's connected parts, from 1, the numbers of those that belong to digits, and the
 * boxes of all, from index 0.
 *
 * Specks are left out. So are parts at the border where there are others: they are what a crop has
 * left of a neighbour, the edge of the paper, or a finger. An exception is a 5 that fills its
 * picture: its loose bar alone is inside, and lies in the box of the larger part.
 *
 * @param {Mask} mask
 * @returns {{labels: Labels, kept: number[], boxes: Box[]}}
 */
export function parts(mask) {
  const { labels, boxes, areas } = labelled(mask);
  const atBorder = new Set(border(labels));
  const inner = areas.map((area, i) => (atBorder.has(i + 1) ? 0 : area));
  const [largest, within] = [highest(areas), highest(inner)];
  const [outer, bar] = [boxes[areas.indexOf(largest)], boxes[inner.indexOf(within)]];
  const piece =
    outer.top <= bar.top &&
    bar.bottom <= outer.bottom &&
    outer.left <= bar.left &&
    bar.right <= outer.right;
  const candidates = within >= (piece ? PIECE : SPECK) * largest ? inner : areas;
  const least = SPECK * highest(candidates);
  const kept = areas.flatMap((_, i) => (candidates[i] && candidates[i] >= least ? [i + 1] : []));
  return { labels, kept, boxes };
}
