// What the demo's modules make of grey images: JSON on stdin, JSON on stdout.
//
// In: {constants, jobs: [{task, width, height, bytes}]}; a task is digit or digits, of grey bytes,
// or levels, of RGBA bytes, each in base64. Out: a list with a list of images per job, each
// {width, height, bytes}, or {error} where one was thrown.

const text = await new Response(process.stdin).text();
const { constants, jobs } = JSON.parse(text);
globalThis.document = { getElementById: () => ({ textContent: JSON.stringify(constants) }) };

const demo = "../../pipelines/edge/demo";
const { digit } = await import(`${demo}/normalisation.js`);
const { digits } = await import(`${demo}/pages.js`);
const { levels } = await import(`${demo}/reading.js`);

const like = (data) => ({ width: 28, height: 28, data });
const tasks = {
  digit: (grey) => [like(digit(grey))],
  digits: (grey) => digits(grey).map(like),
  levels: ({ width, height, bytes }) => {
    const grey = levels(bytes, width, height);
    return [{ ...grey, data: grey.data.map((level) => Math.round(level * 255)) }];
  },
};

const done = jobs.map(({ task, width, height, bytes: encoded }) => {
  const bytes = Uint8ClampedArray.from(Buffer.from(encoded, "base64"));
  const data = task === "levels" ? undefined : Float64Array.from(bytes, (level) => level / 255);
  try {
    return tasks[task]({ width, height, bytes, data }).map((image) => ({
      width: image.width,
      height: image.height,
      bytes: Buffer.from(Uint8Array.from(image.data)).toString("base64"),
    }));
  } catch (error) {
    return { error: error.message };
  }
});
process.stdout.write(JSON.stringify(done));
