/**
 * The constants of the Python modules that prepare photos, which the page carries as JSON.
 *
 * The build writes them there from the modules themselves, so that none is written twice. The keys
 * are "MODULE.NAME", as in "segmentation.AROUND"; the values are numbers or lists of numbers.
 */

/** @type {Record<string, number | number[]>} */
export const constants = JSON.parse(document.getElementById("constants").textContent);
