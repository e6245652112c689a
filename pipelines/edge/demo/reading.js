/**
 * A picture as a grey image: 0 to 1, 1 being white, as reading.py reads it.
 *
 * A browser decodes it and turns it upright. It differs from Pillow where a large JPEG is decoded
 * at a part of its size, where a large image is transparent, and where pixels have over 8 bits.
 *
 * @typedef {import("./arrays.js").Image} Image
 */

import { BOX, extremes, mapped, resized } from "./arrays.js";
import { constants } from "./constants.js";

const PIXELS = constants["reading.PIXELS"];
const BYTES = constants["reading.BYTES"];
const SMALLEST = constants["reading.SMALLEST"];
const LONGEST = constants["reading.LONGEST"];
const PAGE = constants["reading.PAGE"];
const CONTRAST = constants["reading.CONTRAST"];
const CANVAS = 16_000_000; // pixels: on iOS, a canvas of more than 2 ** 24 stays empty

/** Throw an Error where an image of this size is too small, too narrow or too large. */
export function checkSize(width, height, name) {
  const [shorter, longer] = [Math.min(width, height), Math.max(width, height)];
  const small = longer < SMALLEST || shorter < 3;
  if (small || width * height > PIXELS || longer > LONGEST * shorter) {
    const [w, h, most] = [width, height, PIXELS].map((n) => n.toLocaleString("en"));
    throw new Error(
      `${name} has ${w} × ${h} pixels, expected at least 3 × ${SMALLEST}, at most ${most} ` +
        `altogether and no side ${LONGEST} times the other; scale or crop it first`,
    );
  }
}

/**
 * Return the grey levels, 0 to 255, of colours over paper of one grey level, as Pillow does.
 *
 * @param {Uint8ClampedArray} rgba 4 bytes per pixel, alpha not multiplied in
 * @param {number} paper 0 to 255
 */
function over(rgba, paper) {
  const levels = new Uint8Array(rgba.length / 4);
  for (let i = 0; i < rgba.length; i += 4) {
    const alpha = rgba[i + 3];
    const mixed = (colour) => {
      const part = 128 * (colour * alpha + paper * (255 - alpha)) + 0x4000;
      return ((part >> 8) + part) >> 15;
    };
    const [red, green, blue] = [mixed(rgba[i]), mixed(rgba[i + 1]), mixed(rgba[i + 2])];
    levels[i / 4] = (red * 19595 + green * 38470 + blue * 7471 + 0x8000) >> 16;
  }
  return levels;
}

/** Return the averages of whole blocks of factor × factor pixels: Pillow's reduce on bytes. */
function blocks({ width: n, height: rows, data }, factor) {
  const [width, height] = [Math.ceil(n / factor), Math.ceil(rows / factor)];
  const out = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    const bottom = Math.min((y + 1) * factor, rows);
    for (let x = 0; x < width; x++) {
      const right = Math.min((x + 1) * factor, n);
      const area = (bottom - y * factor) * (right - x * factor);
      let total = Math.floor(area / 2);
      for (let v = y * factor; v < bottom; v++) {
        for (let u = x * factor; u < right; u++) total += data[v * n + u];
      }
      // Pillow multiplies by a rounded-down reciprocal.
      out[y * width + x] = Math.floor((total * Math.floor(2 ** 24 / area)) / 2 ** 24);
    }
  }
  return { width, height, data: out };
}

/** Return the size of an image that was reduced to PAGE, its aspect kept as Pillow's thumbnail. */
function pageSize(width, height) {
  const aspect = width / height;
  const nearest = (length, error) => {
    const [low, high] = [Math.floor(length), Math.ceil(length)];
    return Math.max(error(high) < error(low) ? high : low, 1);
  };
  return aspect <= 1
    ? [nearest(PAGE * aspect, (n) => Math.abs(aspect - n / PAGE)), PAGE]
    : [PAGE, nearest(PAGE / aspect, (n) => (n ? Math.abs(aspect - PAGE / n) : 0))];
}

/**
 * Return an image of grey levels 0 to 255 at most PAGE pixels wide and high.
 *
 * @param {{width: number, height: number, data: ArrayLike<number>}} image
 */
export function reduced(image) {
  const longer = Math.max(image.width, image.height);
  if (longer <= PAGE) return image;
  const small = blocks(image, Math.floor(longer / PAGE));
  if (Math.max(small.width, small.height) <= PAGE) return small;
  return resized(small, ...pageSize(small.width, small.height), BOX, true);
}

/**
 * Return the pixels of a canvas as a grey image, at most PAGE pixels wide and high.
 *
 * What is transparent lies on white paper, or on black where nothing is seen on white.
 *
 * @param {Uint8ClampedArray} rgba 4 bytes per pixel, as in an ImageData
 * @returns {Image}
 */
export function levels(rgba, width, height) {
  const on = (paper) => reduced({ width, height, data: over(rgba, paper) });
  const white = on(255);
  const [low, high] = extremes(white.data);
  const transparent = rgba.some((value, i) => i % 4 === 3 && value < 255);
  const chosen = !transparent || high - low > CONTRAST * 255 ? white : on(0);
  return mapped(chosen, (level) => level / 255);
}

/**
 * Return a file, or what was pasted or dropped, as a grey image, upright and at most PAGE pixels
 * wide and high.
 *
 * Throws an Error, whose message is meant to be shown, where it cannot be read.
 *
 * @param {Blob} file
 * @returns {Promise<Image>}
 */
export async function read(file) {
  const name = file.name || "The picture";
  if (file.size === 0 || file.size > BYTES) {
    const [size, most] = [file.size, BYTES].map((n) => n.toLocaleString("en"));
    throw new Error(`${name} has ${size} bytes, not 1 to ${most}; save it anew`);
  }
  let bitmap;
  try {
    // Profiles of colours are left out, as Pillow leaves them out.
    const options = { imageOrientation: "from-image", colorSpaceConversion: "none" };
    bitmap = await createImageBitmap(file, options);
  } catch (error) {
    const problem = file.type.startsWith("image/")
      ? "is damaged, or of a kind that this browser cannot read"
      : "is no image that is known here";
    throw new Error(`${name} ${problem}; save it as PNG or JPEG`, { cause: error });
  }
  try {
    checkSize(bitmap.width, bitmap.height, name);
    const factor = Math.min(1, Math.sqrt(CANVAS / (bitmap.width * bitmap.height)));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.floor(factor * bitmap.width));
    canvas.height = Math.max(1, Math.floor(factor * bitmap.height));
    const context = canvas.getContext("2d", { willReadFrequently: true });
    context.imageSmoothingQuality = "high";
    context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    const { data, width, height } = context.getImageData(0, 0, canvas.width, canvas.height);
    return levels(data, width, height);
  } finally {
    bitmap.close();
  }
}
