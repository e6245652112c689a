/**
 * The digits of a photo, one or several, found and put in reading order: pages.py.
 *
 * A grey image is as in segmentation.js.
 *
 * @typedef {import("./arrays.js").Image} Image
 * @typedef {import("./arrays.js").Box} Box
 * @typedef {{box: Box, members: number[]}} Group the parts of an image that make one digit: the
 *   smallest box around them, and their indices in the list of all parts
 */

import { among, cut, median } from "./arrays.js";
import { constants } from "./constants.js";
import { framed } from "./normalisation.js";
import { inked, parts } from "./segmentation.js";

const FRAGMENT = constants["pages.FRAGMENT"];
const GAP = constants["pages.GAP"];
const SHARED = constants["pages.SHARED"];
const MANY = constants["pages.MANY"];
const PAGE = constants["reading.PAGE"];

/**
 * Return whether two boxes hold pieces of one digit, where digits have that height.
 *
 * Digits of a line stand side by side, and lines are apart. What hangs closely above or below
 * another part, and is too low to be a digit itself, belongs to it: the bar of a 5, half an 8.
 */
export function pieces(one, other, height) {
  const heights = [one.bottom - one.top, other.bottom - other.top];
  const low = Math.min(...heights) < FRAGMENT * Math.max(height, ...heights);
  const gap = Math.max(one.top, other.top) - Math.min(one.bottom, other.bottom);
  const common = Math.min(one.right, other.right) - Math.max(one.left, other.left);
  const narrower = Math.min(one.right - one.left, other.right - other.left);
  return low && gap < GAP * Math.max(height, ...heights) && common > SHARED * narrower;
}

/** Return the smallest box around two. @returns {Box} */
export function union(one, other) {
  return {
    top: Math.min(one.top, other.top),
    bottom: Math.max(one.bottom, other.bottom),
    left: Math.min(one.left, other.left),
    right: Math.max(one.right, other.right),
  };
}

/**
 * Return the parts with these boxes as groups, one per digit.
 *
 * @param {Box[]} boxes
 * @returns {Group[]}
 */
export function joined(boxes) {
  const height = median(boxes.map(({ top, bottom }) => bottom - top));
  let groups = [];
  boxes.forEach((box, i) => {
    const members = [i];
    for (;;) {
      const found = groups.filter((group) => pieces(group.box, box, height));
      if (!found.length) break;
      groups = groups.filter((group) => !found.includes(group));
      for (const group of found) {
        box = union(box, group.box);
        members.push(...group.members);
      }
    }
    groups.push({ box, members });
  });
  return groups;
}

/**
 * Return groups in reading order: line by line, from left to right.
 *
 * @param {Group[]} groups
 */
export function ordered(groups) {
  const height = median(groups.map(({ box }) => box.bottom - box.top));
  const middle = ({ box }) => (box.top + box.bottom) / 2;
  // Down the page, the middles jump by over half a digit from one line to the next.
  const down = [...groups].sort((a, b) => middle(a) - middle(b));
  const lines = new Map();
  let line = 0;
  down.forEach((group, i) => {
    if (i && middle(group) - middle(down[i - 1]) > height / 2) line++;
    lines.set(group, line);
  });
  return [...groups].sort((a, b) => lines.get(a) - lines.get(b) || a.box.left - b.box.left);
}

/**
 * Return all digits on a grey image in reading order, at least one, each of 784 grey levels as
 * framed returns them.
 *
 * Throws an Error, whose message is meant to be shown, where no ink is seen, or more than MANY
 * marks.
 *
 * @param {Image} grey
 * @returns {Uint8Array[]}
 */
export function digits(grey) {
  const [ink, mask] = inked(grey, PAGE);
  const { labels, kept, boxes } = parts(mask);
  if (kept.length > MANY) {
    throw new Error(`${kept.length} marks are seen, more than ${MANY}; photograph fewer, closer`);
  }
  return ordered(joined(kept.map((k) => boxes[k - 1]))).map(({ box, members }) => {
    const numbers = members.map((i) => kept[i]);
    return framed(cut(ink, box), among(cut(labels, box), numbers));
  });
}
