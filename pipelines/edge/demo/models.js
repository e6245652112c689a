/**
 * The models, run by LiteRT in WebAssembly.
 *
 * All that is needed is in the page, compressed: a page that was opened from a file may load
 * nothing else.
 *
 * @typedef {{name: string, title: string, colour: string, labels: string[], bytes: number,
 *   validation_accuracy: number, unsure_below: number}} About a model, as the build describes it
 * @typedef {{probabilities: number[], ms: number}} Answer
 */

import { loadAndCompile, loadLiteRt, Tensor } from "@litertjs/core";

const RECENT = 15; // answers whose times are put together
const COARSE = 0.2; // milliseconds: a clock with longer steps does not resolve one answer

/** @type {About[]} */
export const about = JSON.parse(document.getElementById("models").textContent);

// A function that returns a vector, of type v128: the smallest that needs SIMD.
const SIMD = new Uint8Array([
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123],
  ...[3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11],
]);

/** Throw an Error that says what this browser lacks. */
function check() {
  if (typeof WebAssembly !== "object") {
    throw new Error("WebAssembly is missing or switched off");
  }
  if (!WebAssembly.validate(SIMD)) throw new Error("its WebAssembly is too old (no SIMD)");
  if (typeof DecompressionStream !== "function") {
    throw new Error("it cannot unpack them (no DecompressionStream)");
  }
}

/** Return what the page carries in an element, base64 of gzip, and let go of the text. */
async function unpacked(id) {
  const element = document.getElementById(id);
  const text = atob(element.textContent);
  element.remove();
  const packed = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) packed[i] = text.charCodeAt(i);
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** Start LiteRT without a request: its script from a blob, and its binary from memory. */
async function start() {
  const [script, wasmBinary] = await Promise.all(["litert-script", "litert-wasm"].map(unpacked));
  const url = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
  // LiteRT asks for a graphics card that these models do not need: hidden, it stays asleep.
  Object.defineProperty(navigator, "gpu", { value: undefined, configurable: true });
  self.Module = { wasmBinary };
  try {
    await loadLiteRt(`${url}#litert.js`); // it wants an address that ends in .js
  } finally {
    delete navigator.gpu;
    URL.revokeObjectURL(url);
  }
}

/** Return how far apart, in milliseconds, the readings of this browser's clock are. */
function clockStep() {
  const begin = performance.now();
  let now = begin;
  while (now === begin) now = performance.now();
  return now - begin;
}

/**
 * Return one number for recent times: their median; or where the clock is coarse, and most times
 * are 0, their mean.
 */
function typical(times, coarse) {
  if (coarse) return times.reduce((total, time) => total + time, 0) / times.length;
  return [...times].sort((a, b) => a - b)[times.length >> 1];
}

/** Return the probabilities, one per label, that a compiled model gives to a tensor. */
async function run(model, input) {
  const outputs = await model.run([input]);
  try {
    return Array.from(await outputs[0].data());
  } finally {
    outputs.forEach((output) => output.delete());
  }
}

/**
 * Return a function that asks all models about one image of 784 grey levels, 0 to 255:
 * {name: Answer}.
 *
 * Throws an Error that says why where this browser cannot run them.
 *
 * @returns {Promise<(bytes: Uint8Array) => Promise<Record<string, Answer>>>}
 */
export async function load() {
  check();
  await start();
  const models = [];
  for (const [i, { name }] of about.entries()) {
    const model = await loadAndCompile(await unpacked(`model-${i}`), { accelerator: "wasm" });
    models.push({ name, model, times: [] });
  }
  const coarse = clockStep() > COARSE;

  async function ask(bytes) {
    const input = new Tensor(Float32Array.from(bytes), [1, 28, 28]);
    const answers = {};
    try {
      for (const { name, model, times } of models) {
        const begin = performance.now();
        const probabilities = await run(model, input);
        times.push(performance.now() - begin);
        if (times.length > RECENT) times.shift();
        answers[name] = { probabilities, ms: typical(times, coarse) };
      }
    } finally {
      input.delete();
    }
    return answers;
  }

  await ask(new Uint8Array(784)); // the first run is slower
  models.forEach(({ times }) => times.splice(0));
  return ask;
}
