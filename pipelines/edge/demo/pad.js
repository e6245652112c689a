/**
 * The surface on which a person draws, with a finger, a pen, a mouse or the keyboard.
 *
 * What was drawn is kept as strokes, not as pixels: it is drawn anew, crisp, when the pad changes
 * its size, and what is read of it depends neither on the screen nor on the theme.
 *
 * @typedef {{x: number, y: number}} Point 0 to 1 from the left and the top of the pad
 * @typedef {Point[]} Stroke
 */

const PEN = 0.06; // width of a line, of the pad's side: as thick as MNIST's, of a digit that fills it
const NEAR = 0.002; // points that are nearer to the last one change nothing that can be seen
const [STEP, FINE] = [0.04, 0.01]; // how far an arrow key moves the pen, and with Shift
const SIDE = 400; // pixels of what is read, without its margin
const MARGIN = 32; // ink at the pad's edge would be taken for the border of a photo

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** Return a number, or the nearest one within 0 and 1. */
function within(x) {
  return Math.min(1, Math.max(0, x));
}

/**
 * Draw strokes in a context's colours, the pad having a side and a distance from the left and top.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {Stroke[]} strokes
 */
function trace(context, strokes, side, from = 0) {
  context.lineCap = context.lineJoin = "round";
  context.lineWidth = PEN * side;
  for (const stroke of strokes) {
    const points = stroke.map(({ x, y }) => [from + x * side, from + y * side]);
    const last = points[points.length - 1];
    context.beginPath();
    if (points.length === 1) {
      context.arc(...last, (PEN * side) / 2, 0, 2 * Math.PI);
      context.fill();
      continue;
    }
    context.moveTo(...points[0]);
    // From middle to middle between points, each of which bends the line: no corners.
    for (let i = 1; i < points.length - 1; i++) {
      const [[x, y], [right, down]] = [points[i], points[i + 1]];
      context.quadraticCurveTo(x, y, (x + right) / 2, (y + down) / 2);
    }
    context.lineTo(...last);
    context.stroke();
  }
}

/** Return strokes as the pixels that are read: {data, width, height}, dark on white. */
function pixels(strokes) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = SIDE + 2 * MARGIN;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.fillStyle = "white";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.fillStyle = context.strokeStyle = "black";
  trace(context, strokes, SIDE, MARGIN);
  return context.getImageData(0, 0, canvas.width, canvas.height);
}

/** Return a grey image, {width, height, data} of 0 to 1, as a canvas. */
export function pictured({ width, height, data }) {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [width, height];
  const context = canvas.getContext("2d");
  const image = context.createImageData(width, height);
  data.forEach((level, i) => image.data.set([255 * level, 255 * level, 255 * level, 255], 4 * i));
  context.putImageData(image, 0, 0);
  return canvas;
}

/** Draw a ring where the keyboard's pen is, with a dot in it while it is down. */
function drawPen(context, { x, y, down }, side) {
  const [across, radius] = [[x * side, y * side], 0.035 * side];
  // Light around dark is seen on paper and on ink.
  for (const [colour, width] of [
    ["white", 0.016],
    ["#d55e00", 0.008],
  ]) {
    context.strokeStyle = context.fillStyle = colour;
    context.lineWidth = width * side;
    context.beginPath();
    context.arc(...across, radius, 0, 2 * Math.PI);
    context.stroke();
    if (!down) continue;
    context.beginPath();
    context.arc(...across, radius * (width > 0.01 ? 0.55 : 0.4), 0, 2 * Math.PI);
    context.fill();
  }
}

/**
 * Make a canvas a pad.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {{changed: () => void, said: (words: string) => void}} listeners changed is called when
 *   the drawing is another, said with words on the keyboard's pen, for those who cannot see it
 */
export function createPad(canvas, { changed, said }) {
  /** @type {Stroke[]} */
  let strokes = [];
  let past = []; // what strokes were, to go back to; strokes that are done are never changed
  let photo = null; // a canvas that is shown until drawing starts
  let pointer = null; // the one that draws
  let frame = 0;
  const pen = { x: 0.5, y: 0.25, down: false, shown: false };
  const held = new Set();

  function redraw() {
    frame = 0;
    const context = canvas.getContext("2d");
    const side = canvas.width;
    context.clearRect(0, 0, side, side);
    if (photo) {
      const scale = side / Math.max(photo.width, photo.height);
      const [width, height] = [photo.width * scale, photo.height * scale];
      context.imageSmoothingQuality = "high";
      context.drawImage(photo, (side - width) / 2, (side - height) / 2, width, height);
    }
    context.strokeStyle = context.fillStyle = getComputedStyle(canvas).color;
    trace(context, strokes, side);
    if (pen.shown) drawPen(context, pen, side);
  }

  function later() {
    frame ||= requestAnimationFrame(redraw);
  }

  function become(next) {
    [strokes, photo] = [next, null];
    later();
    changed();
  }

  function begin(point) {
    past.push(strokes);
    become([...strokes, [point]]);
  }

  function extend(points) {
    const stroke = strokes[strokes.length - 1];
    const before = stroke.length;
    for (const point of points) {
      const { x, y } = stroke[stroke.length - 1];
      if (Math.hypot(point.x - x, point.y - y) > NEAR) stroke.push(point);
    }
    if (stroke.length > before) become(strokes);
  }

  function clear() {
    if (!strokes.length && !photo) return;
    if (strokes.length) past.push(strokes);
    lift();
    become([]);
  }

  function undo() {
    if (!past.length || pointer !== null) return;
    lift();
    become(past.pop());
  }

  function lift() {
    if (pen.down) said("Pen up");
    pen.down = false;
    pointer = null;
  }

  function place(event) {
    const { left, top, width, height } = canvas.getBoundingClientRect();
    return {
      x: within((event.clientX - left) / width),
      y: within((event.clientY - top) / height),
    };
  }

  canvas.addEventListener("pointerdown", (event) => {
    if (pointer !== null || !event.isPrimary || event.button !== 0) return;
    lift();
    pointer = event.pointerId;
    pen.shown = false;
    canvas.setPointerCapture(pointer);
    begin(place(event));
  });

  canvas.addEventListener("pointermove", (event) => {
    if (event.pointerId !== pointer) return;
    // A browser reports once per frame; between, it keeps what a fast hand did.
    const all = event.getCoalescedEvents?.() ?? [];
    extend((all.length ? all : [event]).map(place));
  });

  for (const name of ["pointerup", "pointercancel", "lostpointercapture"]) {
    canvas.addEventListener(name, (event) => {
      if (event.pointerId === pointer) pointer = null;
    });
  }

  function move(fine) {
    const step = fine ? FINE : STEP;
    for (const key of held) {
      pen.x = within(pen.x + step * ARROWS[key][0]);
      pen.y = within(pen.y + step * ARROWS[key][1]);
    }
    if (pen.down) extend([{ x: pen.x, y: pen.y }]);
  }

  function toggle() {
    if (pen.down) return lift();
    pen.down = true;
    said("Pen down");
    begin({ x: pen.x, y: pen.y });
  }

  canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || pointer !== null) return;
    if (event.key in ARROWS) {
      held.add(event.key); // two at once move the pen aslant
      move(event.shiftKey);
    } else if (event.key === " ") {
      if (!event.repeat) toggle();
    } else if (event.key === "Backspace") {
      undo();
    } else if (event.key === "Delete" || event.key === "Escape") {
      clear();
    } else return;
    event.preventDefault();
    pen.shown = true;
    later();
  });

  canvas.addEventListener("keyup", (event) => held.delete(event.key));
  canvas.addEventListener("focus", () => {
    pen.shown = canvas.matches(":focus-visible");
    later();
  });
  canvas.addEventListener("blur", () => {
    held.clear();
    lift();
    pen.shown = false;
    later();
  });

  new ResizeObserver(() => {
    const side = Math.max(1, Math.round(canvas.clientWidth * devicePixelRatio));
    if (canvas.width !== side) canvas.width = canvas.height = side;
    redraw(); // at once, or an empty canvas is seen for a frame
  }).observe(canvas);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", later);

  return {
    clear,
    undo,
    /** Return whether nothing was drawn. */
    empty: () => !strokes.length,
    /** Return whether there is something to clear, and something to go back to. */
    can: () => ({ clear: Boolean(strokes.length || photo), undo: Boolean(past.length) }),
    /** Return what is read. */
    pixels: () => pixels(strokes),
    /** Show a grey image in the place of a drawing, until drawing starts. */
    show(image) {
      lift();
      [strokes, past, photo] = [[], [], pictured(image)];
      later();
    },
  };
}
