/**
 * Everything together: what is drawn or chosen is prepared, the models are asked, and shown.
 *
 * For tests, window.demo has
 *   ready: a promise, rejected with the words for the person where the models cannot be run;
 *   read(file): a promise of a grey image {width, height, data}, of a PNG or JPEG as a Blob;
 *   prepare(image): its one digit as 784 grey levels, a Uint8Array;
 *   prepareSeveral(image): all its digits, in reading order;
 *   drawn(): the grey image that is read of the pad;
 *   settled(): a promise that what is drawn is answered;
 *   ask(levels): a promise of {name of a model: {probabilities, ms}}.
 */

import { about, load } from "./models.js";
import { digit } from "./normalisation.js";
import { createPad } from "./pad.js";
import { digits } from "./pages.js";
import { levels, read } from "./reading.js";
import { createView } from "./view.js";

const EMPTY = document.getElementById("verdict").textContent;
const WAIT = "One moment: the models are being unpacked";
const ADVICE = "A current Firefox, Chrome, Edge or Safari can: open this page in one of them";
const FRAME = 16; // milliseconds

const place = (id) => document.getElementById(id);
const view = createView(about);
const pad = createPad(place("pad"), { changed, said: (words) => view.announce(words, 0) });

let ask = null; // what asks the models, once they are there
let failed = ""; // why they cannot be asked
let version = 0; // of what is on the pad
let busy = false;
let picture = false; // chosen, and in the place of a drawing: choose answers it

/** Wait until the page is about to be painted, or where that takes long, for a time. */
function painted(ms) {
  return new Promise((resolve) => {
    requestAnimationFrame(() => (ms > FRAME ? setTimeout(resolve, ms) : resolve()));
  });
}

/** Return the grey image that is read of the pad. */
function drawn() {
  const { data, width, height } = pad.pixels();
  return levels(data, width, height);
}

/** Return what must be said before anything can be answered, or null. */
function obstacle() {
  if (failed) return [failed, "problem"];
  return ask ? null : [WAIT];
}

/** Answer what is drawn now. */
async function answer() {
  if (picture) return;
  if (pad.empty()) return view.empty(...(failed ? obstacle() : [EMPTY]));
  if (obstacle()) return view.tell(...obstacle());
  const asked = version;
  try {
    const bytes = digit(drawn());
    const answers = await ask(bytes);
    if (asked === version) view.show(bytes, answers);
  } catch (error) {
    view.empty(sentence(error), "problem");
  }
}

/** Answer what is drawn until it no longer changes, without ever letting drawings queue. */
async function follow() {
  if (busy) return;
  busy = true;
  try {
    for (let took = 0, answered = -1; answered !== version;) {
      await painted(took); // as long as it took, others may use the processor
      answered = version;
      const begin = performance.now();
      await answer();
      took = performance.now() - begin;
    }
  } finally {
    busy = false;
  }
}

/** Take notice of another drawing. */
function changed() {
  version++;
  picture = false;
  const { clear, undo } = pad.can();
  place("clear").disabled = !clear;
  place("undo").disabled = !undo;
  place("hint").hidden = clear;
  follow();
}

/** Return an error's message as a sentence. */
function sentence({ message }) {
  return message.charAt(0).toUpperCase() + message.slice(1);
}

/** Read a photo and show the answers to all its digits. */
async function choose(file) {
  pad.clear();
  const asked = ++version;
  picture = true;
  view.empty("Reading the picture");
  try {
    await painted(FRAME + 1); // so that the words are seen while the picture is read
    const image = await read(file);
    if (asked !== version) return;
    pad.show(image);
    place("hint").hidden = true;
    [place("clear").disabled, place("undo").disabled] = [false, true];
    const images = digits(image);
    if (!ask && !failed) view.tell(WAIT);
    await ready;
    const answers = [];
    for (const each of images) answers.push(await ask(each));
    if (asked !== version) return;
    if (images.length > 1) view.showSeveral(images, answers);
    else view.show(images[0], answers[0]);
  } catch (error) {
    const words = error.message.startsWith(file.name) ? error.message : sentence(error);
    if (asked === version) view.empty(failed || words, "problem");
  }
}

/** Start the models, once all of the page is there; the pad can be used before. */
async function start() {
  if (document.readyState === "loading") {
    await new Promise((resolve) => document.addEventListener("DOMContentLoaded", resolve));
  }
  await painted(FRAME + 1);
  try {
    ask = await load();
  } catch (error) {
    failed = `This browser cannot run the models: ${error.message}. ${ADVICE}`;
    throw new Error(failed, { cause: error });
  } finally {
    document.body.classList.add(failed ? "failed" : "ready");
    follow();
  }
}

/** Let people choose, take, drop and paste pictures. */
function listen() {
  const chosen = (files) => files?.length && choose(files[0]);
  for (const input of document.querySelectorAll("input[type=file]")) {
    input.addEventListener("change", () => {
      chosen(input.files);
      input.value = ""; // so that the same file can be chosen again
    });
  }
  addEventListener("dragover", (event) => {
    event.preventDefault();
    place("frame").classList.add("over");
  });
  addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) place("frame").classList.remove("over");
  });
  addEventListener("drop", (event) => {
    event.preventDefault();
    place("frame").classList.remove("over");
    chosen(event.dataTransfer.files);
  });
  addEventListener("paste", (event) => chosen(event.clipboardData.files));
  addEventListener("keydown", (event) => {
    if (event.key !== "z" || !(event.ctrlKey || event.metaKey) || event.shiftKey) return;
    event.preventDefault();
    pad.undo();
  });
  place("undo").addEventListener("click", pad.undo);
  place("clear").addEventListener("click", pad.clear);
}

listen();
view.empty(EMPTY);
const ready = start();
ready.catch(() => {}); // it is shown

window.demo = {
  ready,
  read,
  prepare: digit,
  prepareSeveral: digits,
  drawn,
  async settled() {
    while (busy) await painted(FRAME + 1);
  },
  ask: (bytes) => ready.then(() => ask(bytes)),
};
