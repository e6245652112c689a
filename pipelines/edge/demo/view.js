/**
 * What the page shows of the models' answers.
 *
 * @typedef {import("./models.js").About} About
 * @typedef {import("./models.js").Answer} Answer
 * @typedef {{about: About, label: string, probability: number, sure: boolean}} Said by a model
 */

import { pictured } from "./pad.js";

/** Return an element with a class, and children or text in it. */
function element(name, kind = "", ...children) {
  const made = document.createElement(name);
  if (kind) made.className = kind;
  made.append(...children);
  return made;
}

/** Return a probability in whole percent, in which only what is certain is 100. */
function percent(probability) {
  if (probability >= 0.995 && probability < 1) return ">99 %";
  return `${Math.round(100 * probability)} %`;
}

/** Return a number of bytes in kilobytes, as on a file. */
function kilobytes(bytes) {
  return `${Math.round(bytes / 1000).toLocaleString("en")} kB`;
}

/** Return names in a sentence: a, b and c. */
function listed(names) {
  return [names.slice(0, -1).join(", "), ...names.slice(-1)].filter(Boolean).join(" and ");
}

/** Return what each model says to one image. @returns {Said[]} */
function said(models, answers) {
  return models.map((about) => {
    const { probabilities } = answers[about.name];
    const probability = Math.max(...probabilities);
    const label = about.labels[probabilities.indexOf(probability)];
    return { about, label, probability, sure: probability >= about.unsure_below };
  });
}

/** Return {what: titles of the models that say it}, most titles first. */
function grouped(pairs) {
  const groups = new Map();
  for (const [what, title] of pairs) groups.set(what, [...(groups.get(what) ?? []), title]);
  return new Map([...groups].sort((one, other) => other[1].length - one[1].length));
}

/** Return who says what, where verb is one of [says, say]. */
function sentence(pairs, verb) {
  const groups = [...grouped(pairs)];
  if (groups.length > 1) {
    const each = groups.map(
      ([what, who]) => `${listed(who)} ${verb[who.length > 1 ? 1 : 0]} ${what}`,
    );
    return `They disagree: ${each.join("; ")}`;
  }
  const [[what, who]] = groups;
  if (who.length === 1) return `${who[0]} ${verb[0]} ${what}`;
  return `${who.length === 2 ? "Both" : "All"} ${verb[1]} ${what}`;
}

/** Return one sentence on what the models say to one image. @param {Said[]} all */
function verdict(all) {
  const words = sentence(
    all.map(({ label, about }) => [label, about.title]),
    ["says", "say"],
  );
  const unsure = all.filter(({ sure }) => !sure).map(({ about }) => about.title);
  if (!unsure.length) return words;
  if (unsure.length < all.length) {
    return `${words}; ${listed(unsure)} ${unsure.length > 1 ? "are" : "is"} not sure`;
  }
  return all.length > 1 ? `${words}; none is sure` : `${words}, but is not sure`;
}

/** Return whether a model is not among the most that say the same. */
function outvoted({ label }, all) {
  const counts = [...grouped(all.map((each) => [each.label, each.about.title]))];
  const [most, second] = [counts[0][1].length, counts[1]?.[1].length ?? 0];
  return most === second || label !== counts[0][0];
}

/** Return the card of a model: {root, show(Said, Answer, differs), empty()}. @param {About} about */
function card(about) {
  const [answer, sure, time] = [element("b", "label"), element("span"), element("span")];
  const rows = about.labels.map((label) => {
    const [bar, value] = [element("i"), element("td", "value")];
    const name = element("th", "", label);
    name.scope = "row";
    const track = element("td", "bar", bar);
    track.setAttribute("aria-hidden", "true");
    return { row: element("tr", "", name, track, value), bar, value };
  });
  const title = element("h3", "", element("i"), about.title);
  const caption = element("caption", "unseen", `${about.title}: probability of each`);
  const table = element("table", "", caption, element("tbody", "", ...rows.map(({ row }) => row)));
  const cost = element("p", "cost", kilobytes(about.bytes), time);
  const root = element(
    "article",
    "model",
    title,
    element("p", "answer", answer, sure),
    table,
    cost,
  );
  root.style.setProperty("--colour", about.colour);

  function fill(probabilities) {
    rows.forEach(({ row, bar, value }, i) => {
      const probability = probabilities?.[i] ?? 0;
      bar.style.width = `${100 * probability}%`;
      value.textContent = probabilities ? percent(probability) : "";
      row.classList.toggle(
        "most",
        Boolean(probabilities) && probability === Math.max(...probabilities),
      );
    });
  }

  return {
    root,
    show({ label, probability, sure: certain }, { probabilities, ms }, differs) {
      answer.textContent = label;
      sure.textContent = certain ? percent(probability) : `${percent(probability)}, not sure`;
      time.textContent = ` · ${ms.toFixed(ms < 10 ? 1 : 0)} ms`;
      root.classList.toggle("unsure", !certain);
      root.classList.toggle("differs", differs);
      fill(probabilities);
    },
    empty() {
      answer.textContent = "–";
      sure.textContent = time.textContent = "";
      root.classList.remove("unsure", "differs");
      fill(null);
    },
  };
}

/** Return a row of the table on the models. @param {About} about */
function described(about) {
  const name = element("th", "", about.title);
  name.scope = "row";
  const accuracy = `${(100 * about.validation_accuracy).toFixed(2)} %`;
  return element(
    "tr",
    "",
    name,
    element("td", "", kilobytes(about.bytes)),
    element("td", "", accuracy),
  );
}

/** Return an image of 784 grey levels, 0 to 255, as a canvas. @param {Uint8Array} bytes */
function thumbnail(bytes) {
  return pictured({ width: 28, height: 28, data: Array.from(bytes, (level) => level / 255) });
}

/**
 * Fill the page's places for the answers of models.
 *
 * @param {About[]} models
 */
export function createView(models) {
  const place = (id) => document.getElementById(id);
  const [words, announced, found] = [place("verdict"), place("announced"), place("found")];
  const seen = place("seen").getContext("2d");
  const cards = models.map(card);
  let pending = 0;

  place("cards").append(...cards.map(({ root }) => root));
  place("facts").append(...models.map(described));
  const long = models.some(({ labels }) => labels.some((label) => label.length > 2));
  place("cards").classList.toggle("long", long);

  /** Let screen readers say words, once they have not changed for a moment. */
  function announce(text, wait = 700) {
    clearTimeout(pending);
    pending = setTimeout(() => {
      announced.textContent = text;
    }, wait);
  }

  /** Show a sentence: of a kind "plain", "split" where models disagree, or "problem". */
  function tell(text, kind = "plain") {
    if (words.textContent !== text) words.textContent = text;
    words.className = kind;
  }

  function empty(text, kind) {
    tell(text, kind);
    announce(text);
    seen.clearRect(0, 0, 28, 28);
    cards.forEach((each) => each.empty());
    found.replaceChildren();
  }

  function bars(bytes, answers) {
    const all = said(models, answers);
    seen.drawImage(thumbnail(bytes), 0, 0);
    cards.forEach((each, i) => {
      each.show(all[i], answers[models[i].name], outvoted(all[i], all));
    });
    return all;
  }

  /** Show the answers to one image. */
  function show(bytes, answers) {
    found.replaceChildren();
    const all = bars(bytes, answers);
    const split = all.some(({ label }) => label !== all[0].label);
    tell(verdict(all), split ? "split" : "plain");
    const each = all.map(({ about, label, probability }) => {
      return `${about.title} ${label}, ${percent(probability)}`;
    });
    announce(`${verdict(all)}. ${each.join(". ")}.`);
  }

  /** Show several images of a photo, and the answers to that which is chosen. */
  function showSeveral(images, answers) {
    const each = answers.map((one) => said(models, one));
    const read = models.map((about, m) => [each.map((all) => all[m].label).join(" "), about.title]);
    const text = `${images.length} found. ${sentence(read, ["reads", "read"])}`;
    tell(text, grouped(read).size > 1 ? "split" : "plain");
    announce(text);
    const buttons = images.map((bytes, i) => {
      const labels = [...new Set(each[i].map(({ label }) => label))];
      const button = element("button", "", thumbnail(bytes), labels.join(" / "));
      button.type = "button";
      button.classList.toggle("differs", labels.length > 1);
      button.setAttribute("aria-label", `${i + 1} of ${images.length}: ${labels.join(" or ")}`);
      button.addEventListener("click", () => choose(i));
      return button;
    });
    function choose(chosen) {
      buttons.forEach((button, i) => button.setAttribute("aria-pressed", String(i === chosen)));
      const all = bars(images[chosen], answers[chosen]);
      if (chosen > 0 || announced.textContent) announce(verdict(all));
    }
    found.replaceChildren(...buttons);
    choose(0);
    announce(text);
  }

  return { announce, empty, show, showSeveral, tell };
}
