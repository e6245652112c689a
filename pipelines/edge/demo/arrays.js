/**
 * What NumPy, SciPy and Pillow do for the Python modules, with the same results.
 *
 * Sums are taken in NumPy's order and resized images are rounded as Pillow rounds them, because a
 * pixel that lies exactly on a threshold would otherwise fall on its other side.
 *
 * @typedef {{width: number, height: number, data: Float64Array}} Image row by row
 * @typedef {{width: number, height: number, data: Uint8Array}} Mask 1 where it holds, else 0
 * @typedef {{width: number, height: number, data: Int32Array}} Labels 0 outside every part
 * @typedef {{top: number, bottom: number, left: number, right: number}} Box pixels; its bottom row
 *   and its right column are the first ones outside
 * @typedef {{support: number, weight: (x: number) => number}} Filter how far a filter reaches from
 *   its centre and its weight there, in pixels of the coarser of two images
 */

// ---- Numbers ----

/** Return a number rounded to a whole one, halves to the even one, as Python's round does. */
export function rounded(x) {
  const down = Math.floor(x);
  if (x - down !== 0.5) return Math.round(x);
  return down % 2 === 0 ? down : down + 1;
}

/** Return a number, or the nearest one within low and high. */
export function clipped(x, low, high) {
  return x < low ? low : x > high ? high : x;
}

/**
 * Return the sum of values, as NumPy adds them: in halves of halves, down to blocks of 128 in which
 * every eighth value is added up.
 *
 * @param {ArrayLike<number>} values
 */
export function sum(values, from = 0, n = values.length) {
  if (n > 128) {
    const half = Math.floor(n / 16) * 8;
    return sum(values, from, half) + sum(values, from + half, n - half);
  }
  const end = from + n;
  let total = 0;
  let i = from;
  if (n >= 8) {
    let [a, b, c, d, e, f, g, h] = [0, 0, 0, 0, 0, 0, 0, 0];
    for (; i + 8 <= end; i += 8) {
      a += values[i];
      b += values[i + 1];
      c += values[i + 2];
      d += values[i + 3];
      e += values[i + 4];
      f += values[i + 5];
      g += values[i + 6];
      h += values[i + 7];
    }
    total = a + b + (c + d) + (e + f + (g + h));
  }
  for (; i < end; i++) total += values[i];
  return total;
}

/** Return the mean of values. */
export function mean(values) {
  return sum(values) / values.length;
}

/** Return the standard deviation of values, all of which are known (divided by n). */
export function deviation(values) {
  const middle = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - middle) * (value - middle))));
}

/** Return the lowest and the highest of values. */
export function extremes(values) {
  let low = Infinity;
  let high = -Infinity;
  for (let i = 0; i < values.length; i++) {
    if (values[i] < low) low = values[i];
    if (values[i] > high) high = values[i];
  }
  return [low, high];
}

/** Return the median of values. */
export function median(values) {
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Return the q-th percentile of values, 0 <= q <= 100, between the two nearest of them. */
export function percentile(values, q) {
  const sorted = Float64Array.from(values).sort();
  const place = (sorted.length - 1) * (q / 100);
  const below = Math.floor(place);
  const low = sorted[below];
  const high = sorted[Math.min(below + 1, sorted.length - 1)];
  const t = place - below;
  return t < 0.5 ? low + (high - low) * t : high - (high - low) * (1 - t);
}

/**
 * Return how many values lie in each of n equal intervals from the lowest to the highest value, and
 * the n + 1 ends of the intervals. An interval holds its lower end, the last one both ends.
 *
 * @param {Float64Array} values
 * @returns {{counts: Float64Array, edges: Float64Array}}
 */
export function histogram(values, n) {
  let [low, high] = extremes(values);
  if (low === high) [low, high] = [low - 0.5, high + 0.5];
  const step = (high - low) / n;
  const edges = Float64Array.from({ length: n + 1 }, (_, i) => i * step + low);
  edges[n] = high;
  const counts = new Float64Array(n);
  for (let k = 0; k < values.length; k++) {
    const value = values[k];
    let i = Math.min(Math.floor(((value - low) / (high - low)) * n), n - 1);
    // The division may round a value on an edge into the interval beside its own.
    if (value < edges[i]) i--;
    else if (value >= edges[i + 1] && i < n - 1) i++;
    counts[i]++;
  }
  return { counts, edges };
}

// ---- Images ----

/** Return an image of which every pixel is a function of one image's pixel: change(value, i). */
export function mapped({ width, height, data }, change) {
  const out = new Float64Array(data.length);
  for (let i = 0; i < data.length; i++) out[i] = change(data[i], i);
  return { width, height, data: out };
}

/** Return the mask of an image's pixels above a threshold. */
export function above({ width, height, data }, threshold) {
  const out = new Uint8Array(data.length);
  for (let i = 0; i < data.length; i++) out[i] = data[i] > threshold ? 1 : 0;
  return { width, height, data: out };
}

/** Return the values of an image where a mask has a value, 1 or 0. */
export function selected(image, mask, value = 1) {
  const found = new Float64Array(image.data.length);
  let n = 0;
  for (let i = 0; i < found.length; i++) {
    if (mask.data[i] === value) found[n++] = image.data[i];
  }
  return found.subarray(0, n);
}

/** Return an image, mask or labels inside a box. */
export function cut(image, { top, bottom, left, right }) {
  const [width, height] = [right - left, bottom - top];
  const data = new image.data.constructor(width * height);
  for (let y = 0; y < height; y++) {
    const start = (top + y) * image.width + left;
    data.set(image.data.subarray(start, start + width), y * width);
  }
  return { width, height, data };
}

/** Return an image with reach pixels of 0 around it. */
export function surrounded(image, reach) {
  const [width, height] = [image.width + 2 * reach, image.height + 2 * reach];
  const data = new Float64Array(width * height);
  for (let y = 0; y < image.height; y++) {
    const row = image.data.subarray(y * image.width, (y + 1) * image.width);
    data.set(row, (y + reach) * width + reach);
  }
  return { width, height, data };
}

/** Return an image with its rows and columns exchanged. */
export function transposed({ width, height, data }) {
  const out = new Float64Array(data.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) out[x * height + y] = data[y * width + x];
  }
  return { width: height, height: width, data: out };
}

/**
 * Return an image with reach pixels more at the left and the right, reflected oddly: as far above
 * the outermost pixel as their reflections are below it.
 */
function rowsReflectedOddly(image, reach) {
  const { height, width: n } = image;
  const width = n + 2 * reach;
  const data = new Float64Array(width * height);
  for (let y = 0; y < height; y++) {
    const row = data.subarray(y * width, (y + 1) * width);
    row.set(image.data.subarray(y * n, (y + 1) * n), reach);
    let [first, last] = [reach, reach + n - 1];
    // An image narrower than reach is reflected again, together with its reflections.
    while (first > 0 || last < width - 1) {
      const known = Math.floor((last - first) / (n - 1)) * (n - 1);
      const [before, after] = [Math.min(known, first), Math.min(known, width - 1 - last)];
      for (let k = 1; k <= before; k++) row[first - k] = 2 * row[first] - row[first + k];
      for (let k = 1; k <= after; k++) row[last + k] = 2 * row[last] - row[last - k];
      first -= before;
      last += after;
    }
  }
  return { width, height, data };
}

/** Return an image with reach pixels more on each side, reflected oddly: np.pad. */
export function reflectedOddly(image, reach) {
  const tall = transposed(rowsReflectedOddly(transposed(image), reach));
  return rowsReflectedOddly(tall, reach);
}

// ---- Smoothing and scaling ----

/**
 * Return an image smoothed by a Gaussian, cut off at four standard deviations; beyond the border
 * the outermost pixels go on: ndimage.gaussian_filter with mode "nearest".
 *
 * @param {Image} image
 * @param {number} sigma standard deviation, pixels
 */
export function gaussian({ width, height, data }, sigma) {
  if (sigma === 0) return { width, height, data };
  const reach = Math.floor(4 * sigma + 0.5);
  const bell = Float64Array.from({ length: 2 * reach + 1 }, (_, i) =>
    Math.exp((-0.5 / (sigma * sigma)) * (i - reach) ** 2),
  );
  const total = sum(bell);
  const weights = bell.map((value) => value / total).slice(reach);

  const down = new Float64Array(data.length);
  for (let y = 0; y < height; y++) {
    const row = down.subarray(y * width, (y + 1) * width);
    for (let x = 0; x < width; x++) row[x] = data[y * width + x] * weights[0];
    for (let k = reach; k > 0; k--) {
      const over = Math.max(y - k, 0) * width;
      const under = Math.min(y + k, height - 1) * width;
      const weight = weights[k];
      for (let x = 0; x < width; x++) row[x] += (data[over + x] + data[under + x]) * weight;
    }
  }
  const out = new Float64Array(data.length);
  const line = new Float64Array(width + 2 * reach);
  for (let y = 0; y < height; y++) {
    line.fill(down[y * width], 0, reach);
    line.set(down.subarray(y * width, (y + 1) * width), reach);
    line.fill(down[(y + 1) * width - 1], reach + width);
    for (let x = 0; x < width; x++) {
      const i = x + reach;
      let smooth = line[i] * weights[0];
      for (let k = reach; k > 0; k--) smooth += (line[i - k] + line[i + k]) * weights[k];
      out[y * width + x] = smooth;
    }
  }
  return { width, height, data: out };
}

/** Pillow's filters. @type {Filter} */
export const BOX = { support: 0.5, weight: (x) => (x > -0.5 && x <= 0.5 ? 1 : 0) };
/** @type {Filter} */
export const BILINEAR = { support: 1, weight: (x) => Math.max(0, 1 - Math.abs(x)) };
/** @type {Filter} */
export const BICUBIC = { support: 2, weight: bicubic };

function bicubic(x) {
  const a = -0.5;
  x = Math.abs(x);
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0;
}

/**
 * Return, for each of m pixels, the first of the n pixels that it is made of, and their weights.
 *
 * @param {Filter} filter
 */
function contributions(n, m, { support, weight }) {
  const scale = n / m;
  const coarser = Math.max(scale, 1); // what is reduced is averaged over more pixels
  const reach = support * coarser;
  return Array.from({ length: m }, (_, i) => {
    const centre = (i + 0.5) * scale;
    const first = Math.max(0, Math.trunc(centre - reach + 0.5));
    const end = Math.min(n, Math.trunc(centre + reach + 0.5));
    const weights = new Float64Array(end - first);
    let total = 0;
    for (let k = 0; k < weights.length; k++) {
      weights[k] = weight((k + first - centre + 0.5) * (1 / coarser));
      total += weights[k];
    }
    return { first, weights: total ? weights.map((each) => each / total) : weights };
  });
}

/** Return each row of an image (rows of n values) averaged by contributions. */
function rowsCombined(data, n, rows, contributed) {
  const m = contributed.length;
  const out = new Float64Array(m * rows);
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < m; x++) {
      const { first, weights } = contributed[x];
      const start = y * n + first;
      let total = 0;
      for (let k = 0; k < weights.length; k++) total += data[start + k] * weights[k];
      out[y * m + x] = total;
    }
  }
  return out;
}

/** Return each column of an image (rows of n values) averaged by contributions. */
function columnsCombined(data, n, contributed) {
  const out = new Float64Array(n * contributed.length);
  contributed.forEach(({ first, weights }, y) => {
    const line = out.subarray(y * n, (y + 1) * n);
    for (let k = 0; k < weights.length; k++) {
      const start = (first + k) * n;
      const weight = weights[k];
      for (let x = 0; x < n; x++) line[x] += data[start + x] * weight;
    }
  });
  return out;
}

/** How Pillow stores what it computes in images of floats: in 32 bits. */
const FLOATS = {
  stored: (data) => new Float64Array(new Float32Array(data)),
  weighted: (weights) => weights,
};

const PRECISION = 2 ** 22;
/** How Pillow stores bytes, and the weights for them: in whole numbers of 1 / PRECISION. */
const BYTES = {
  stored: (data) => data.map((total) => clipped(Math.floor(total + 0.5), 0, 255)),
  weighted: (weights) => weights.map((each) => Math.round(each * PRECISION) / PRECISION),
};

/**
 * Return an image of another size, exactly as Pillow's resize makes it.
 *
 * It rounds to 32-bit floats, also between rows and columns; or, where bytes is true, to whole
 * numbers of 0 to 255, which the image must then hold.
 *
 * @param {Image} image
 * @param {Filter} filter
 */
export function resized(image, width, height, filter, bytes = false) {
  const { stored, weighted } = bytes ? BYTES : FLOATS;
  const contributed = (n, m) =>
    contributions(n, m, filter).map(({ first, weights }) => ({
      first,
      weights: weighted(weights),
    }));
  let data = stored(new Float64Array(image.data));
  if (width !== image.width) {
    const across = contributed(image.width, width);
    data = stored(rowsCombined(data, image.width, image.height, across));
  }
  if (height !== image.height) {
    data = stored(columnsCombined(data, width, contributed(image.height, height)));
  }
  return { width, height, data };
}

// ---- Grey-level morphology ----

/** Return an index within 0 to n - 1 for any: 2 1 0 | 0 1 2 | 2 1 0, SciPy's mode "reflect". */
function reflected(i, n) {
  const turn = ((i % (2 * n)) + 2 * n) % (2 * n);
  return turn < n ? turn : 2 * n - 1 - turn;
}

/**
 * Return the lowest pixel of each row's windows, from before pixels left to after pixels right.
 *
 * By van Herk (1992), in a time that does not depend on the window: a window over two blocks of its
 * own length is the end of one and the beginning of the other.
 */
function lowestInRows({ width, height, data }, before, after) {
  const size = before + after + 1;
  const length = width + size - 1;
  const source = Int32Array.from({ length }, (_, i) => reflected(i - before, width));
  const line = new Float64Array(length);
  const since = new Float64Array(length); // the lowest since the block began
  const until = new Float64Array(length); // the lowest until the block ends
  const out = new Float64Array(data.length);
  for (let y = 0; y < height; y++) {
    for (let i = 0; i < length; i++) line[i] = data[y * width + source[i]];
    for (let i = 0, k = 0; i < length; i++, k = k + 1 === size ? 0 : k + 1) {
      since[i] = k === 0 || line[i] < since[i - 1] ? line[i] : since[i - 1];
    }
    for (let i = length - 1, k = i % size; i >= 0; i--, k = k === 0 ? size - 1 : k - 1) {
      const ends = k === size - 1 || i === length - 1;
      until[i] = ends || line[i] < until[i + 1] ? line[i] : until[i + 1];
    }
    for (let x = 0; x < width; x++) {
      const begin = since[x + size - 1];
      out[y * width + x] = until[x] < begin ? until[x] : begin;
    }
  }
  return { width, height, data: out };
}

/** Return the lowest pixel around each, before to after pixels away in both directions. */
function lowest(image, before, after) {
  const rows = lowestInRows(image, before, after);
  return transposed(lowestInRows(transposed(rows), before, after));
}

/** Return the negative of an image. */
function negative(image) {
  return mapped(image, (value) => -value);
}

/**
 * Return the grey-level opening of an image by a square of size × size pixels: what is brighter
 * than its surroundings and does not hold the square is gone. ndimage.grey_opening.
 */
export function opening(image, size) {
  const [less, more] = [Math.floor((size - 1) / 2), Math.floor(size / 2)];
  return negative(lowest(negative(lowest(image, more, less)), less, more));
}

/**
 * Return the grey-level erosion of an image by a disk: ndimage.grey_erosion.
 *
 * The disk is all pixels whose squared distance from the centre is at most within; it reaches no
 * further than reach pixels up, down, left and right.
 */
export function erosion({ width, height, data }, reach, within) {
  const out = new Float64Array(data.length).fill(Infinity);
  for (let up = 0; up <= reach && up * up <= within; up++) {
    let half = 0;
    while (half < reach && up * up + (half + 1) ** 2 <= within) half++;
    const rows = lowestInRows({ width, height, data }, half, half).data;
    for (let y = 0; y < height; y++) {
      for (const row of [reflected(y - up, height), reflected(y + up, height)]) {
        for (let x = 0, i = y * width, j = row * width; x < width; x++, i++, j++) {
          if (rows[j] < out[i]) out[i] = rows[j];
        }
      }
    }
  }
  return { width, height, data: out };
}

/** Return the grey-level dilation of an image by a disk, which is given as for erosion. */
export function dilation(image, reach, within) {
  return negative(erosion(negative(image), reach, within));
}

// ---- Masks ----

/** Return a mask with all pixels up to reach pixels away from its own, diagonals included. */
export function widened({ width, height, data }, reach) {
  const out = new Uint8Array(data.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (!data[y * width + x]) continue;
      const left = Math.max(x - reach, 0);
      const right = Math.min(x + reach, width - 1);
      for (let v = Math.max(y - reach, 0); v <= Math.min(y + reach, height - 1); v++) {
        out.fill(1, v * width + left, v * width + right + 1);
      }
    }
  }
  return { width, height, data: out };
}

/**
 * Return the connected parts of a mask, from 1, in the order of their first pixels, with the box
 * and the area, in pixels, of each. Pixels that meet at a corner are one part: ndimage.label.
 *
 * @param {Mask} mask
 * @returns {{labels: Labels, boxes: Box[], areas: number[]}} the boxes and areas from index 0
 */
export function labelled({ width, height, data }) {
  const labels = new Int32Array(data.length);
  const waiting = new Int32Array(data.length);
  const [boxes, areas] = [[], []];
  for (let start = 0; start < data.length; start++) {
    if (!data[start] || labels[start]) continue;
    const label = boxes.length + 1;
    let [top, bottom, left, right] = [height, 0, width, 0];
    let [area, n] = [0, 1];
    waiting[0] = start;
    labels[start] = label;
    while (n) {
      const i = waiting[--n];
      const y = Math.floor(i / width);
      const x = i - y * width;
      area++;
      if (y < top) top = y;
      if (y >= bottom) bottom = y + 1;
      if (x < left) left = x;
      if (x >= right) right = x + 1;
      for (let v = y > 0 ? y - 1 : 0; v <= y + 1 && v < height; v++) {
        for (let u = x > 0 ? x - 1 : 0; u <= x + 1 && u < width; u++) {
          const j = v * width + u;
          if (data[j] && !labels[j]) {
            labels[j] = label;
            waiting[n++] = j;
          }
        }
      }
    }
    boxes.push({ top, bottom, left, right });
    areas.push(area);
  }
  return { labels: { width, height, data: labels }, boxes, areas };
}

/**
 * Return the mask of the parts with some numbers.
 *
 * @param {Labels} labels
 * @param {number[]} numbers from 1
 * @returns {Mask}
 */
export function among({ width, height, data }, numbers) {
  const chosen = new Uint8Array(extremes(data)[1] + 1);
  for (const number of numbers) chosen[number] = 1;
  const out = new Uint8Array(data.length);
  for (let i = 0; i < data.length; i++) out[i] = chosen[data[i]];
  return { width, height, data: out };
}

/** Return the smallest box around a mask, which must have a pixel. @returns {Box} */
export function boxOf({ width, height, data }) {
  let [top, bottom, left, right] = [height, 0, width, 0];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (!data[y * width + x]) continue;
      if (y < top) top = y;
      bottom = y + 1;
      if (x < left) left = x;
      if (x >= right) right = x + 1;
    }
  }
  return { top, bottom, left, right };
}

/**
 * Return the distance, in pixels, of each pixel of a mask from the nearest one outside the mask, in
 * the order of the mask's pixels. Beyond the border is outside.
 *
 * Exact: the lower envelope of parabolas (Felzenszwalb & Huttenlocher 2012).
 *
 * @param {Mask} mask
 * @returns {Float64Array}
 */
export function distances(mask) {
  // A frame of one pixel is the nearest that lies beyond the border.
  const [width, height] = [mask.width + 2, mask.height + 2];
  const squares = surrounded(mask, 1).data;
  for (let x = 0; x < width; x++) {
    let far = 0;
    for (let i = x; i < squares.length; i += width) squares[i] = far = squares[i] ? far + 1 : 0;
    for (let i = squares.length - width + x; i >= 0; i -= width) {
      far = Math.min(squares[i], far + 1);
      squares[i] = far;
    }
  }
  const found = [];
  const columns = new Int32Array(width); // those whose parabolas make the envelope
  const starts = new Float64Array(width); // where each of them begins to be the lowest
  for (let y = 1; y < height - 1; y++) {
    const row = squares.subarray(y * width, (y + 1) * width).map((far) => far * far);
    let n = 0;
    for (let x = 0; x < width; x++) {
      let start = -Infinity;
      while (n) {
        const other = columns[n - 1];
        start = (row[x] + x * x - (row[other] + other * other)) / (2 * (x - other));
        if (start > starts[n - 1]) break;
        n--;
        start = -Infinity;
      }
      columns[n] = x;
      starts[n++] = start;
    }
    for (let x = 1, k = 0; x < width - 1; x++) {
      while (k + 1 < n && starts[k + 1] < x) k++;
      if (row[x]) found.push(Math.sqrt((x - columns[k]) ** 2 + row[columns[k]]));
    }
  }
  return Float64Array.from(found);
}
