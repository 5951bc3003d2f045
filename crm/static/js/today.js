// Today follows what happens: it asks for news while somebody can see it, exchanges the
// cards that changed, and leaves alone what somebody is busy with.

const EVERY = 20_000;
// A card that was just tapped stays where it is this long.
const HOLD = 60_000;
const SLOT = "#day li[data-looks]";
const STOPS = "a[href], button, summary, input:not([type=hidden]), textarea, select";

const box = document.getElementById("day-find");
const day = () => document.getElementById("day");
const seen = () => document.getElementById("day-seen");
const slotOf = (el) => (el instanceof Element ? el.closest(SLOT) : null);

// What was touched, and when

const touched = new WeakMap();
for (const type of ["pointerdown", "keydown", "input", "htmx:beforeRequest"]) {
  document.addEventListener(type, ({ target }) => {
    const slot = slotOf(target);
    if (slot) touched.set(slot, Date.now());
  });
}

// After a tap of our own, a card no longer looks as we were told; and there is news.
document.addEventListener("htmx:afterRequest", ({ target, detail }) => {
  if (detail.requestConfig.verb === "get") return;
  const slot = slotOf(target);
  if (slot) slot.dataset.looks = "";
  if (slot || day().contains(target)) lookIn(1500);
});

function isChanged(field) {
  if (field.matches("[type=checkbox], [type=radio]")) return field.checked !== field.defaultChecked;
  if (!field.options) return field.value !== field.defaultValue;
  const options = [...field.options];
  const usual = options.find((option) => option.defaultSelected) ?? options[0];
  return !field.multiple && usual?.selected === false;
}

function isBusy(slot, mayHold) {
  if (slot.querySelector(".htmx-request")) return true;
  const fields = slot.querySelectorAll("input:not([type=hidden]), textarea, select");
  if ([...fields].some(isChanged)) return true;
  return mayHold && Date.now() - (touched.get(slot) ?? 0) < HOLD;
}

// Putting the news on the page

const leadsTo = (el) =>
  ["formaction", "href", "name", "id"].map((key) => el.getAttribute(key)).find(Boolean) ??
  el.textContent.trim();

function exchange(old, fresh) {
  const folds = fresh.querySelectorAll("details");
  old.querySelectorAll("details:not(.service)").forEach((fold, at) => {
    if (folds[at]) folds[at].open = fold.open;
  });
  const focus = old.contains(document.activeElement) ? document.activeElement : null;
  // The checklist is fetched when it is opened.
  const isUnfolded = old.querySelector(".service[open]");
  old.replaceWith(fresh);
  if (isUnfolded) setTimeout(() => fresh.querySelector(".folded")?.click());
  if (!focus) return;
  const stops = [...fresh.querySelectorAll(STOPS)];
  const twin = stops.find((el) => el.tagName === focus.tagName && leadsTo(el) === leadsTo(focus));
  (twin ?? stops[0])?.focus({ preventScroll: true });
}

// Held cards stay where they are; the others stand in the order of the news.
function arrange(list, slots, held) {
  let last = null;
  for (const wanted of slots) {
    const known = document.getElementById(wanted.id);
    if (known && held.has(known)) {
      if (known.parentElement === list) last = known;
      continue;
    }
    const isSame = known?.dataset.looks === wanted.dataset.looks;
    const slot = isSame ? known : document.importNode(wanted, true);
    if (known && !isSame) exchange(known, slot);
    let next = last ? last.nextElementSibling : list.firstElementChild;
    while (next && next !== slot && held.has(next)) next = next.nextElementSibling;
    if (next !== slot) list.insertBefore(slot, next);
    if (!isSame) window.htmx.process(slot);
    last = slot;
  }
}

function show(text, mayHold) {
  const news = new DOMParser().parseFromString(text, "text/html");
  const fresh = news.getElementById("day");
  const slots = [...document.querySelectorAll(SLOT)];
  const held = new Set(slots.filter((slot) => isBusy(slot, mayHold)));
  // After midnight it is another day, with another heading.
  if (fresh.dataset.day !== day().dataset.day) return held.size || location.reload();

  for (const id of ["day-numbers", "day-promises", "day-choices", "day-seen"]) {
    const old = document.getElementById(id);
    if (!old.isEqualNode(news.getElementById(id)) && !old.contains(document.activeElement)) {
      old.replaceWith(document.importNode(news.getElementById(id), true));
    }
  }
  let last = null;
  for (const part of fresh.children) {
    let known = document.getElementById(part.id);
    if (!known) {
      known = document.importNode(part, true);
      known.querySelector("ol")?.replaceChildren();
    }
    const next = last ? last.nextElementSibling : day().firstElementChild;
    if (next !== known) day().insertBefore(known, next);
    last = known;
    if (!known.querySelector("ol")) {
      known.innerHTML = part.innerHTML;
      continue;
    }
    known.querySelector("h2").innerHTML = part.querySelector("h2").innerHTML;
    arrange(known.querySelector("ol"), part.querySelector("ol").children, held);
  }
  for (const slot of document.querySelectorAll(SLOT)) {
    if (!news.getElementById(slot.id) && !held.has(slot)) slot.remove();
  }
  for (const part of [...day().children]) {
    if (!news.getElementById(part.id) && !part.querySelector(SLOT)) part.remove();
  }
  // What was held back is still news.
  if (held.size) seen().value = "";
  return undefined;
}

// Asking for news

let timer;
let asking;
let failures = 0;
// Somebody chose what to see: then nothing is held back, until it has been shown.
let isChosen = false;
let isOver = false;

function lookIn(time, how) {
  clearTimeout(timer);
  timer = setTimeout(() => look(how), time);
}

async function look({ isChoice = false } = {}) {
  clearTimeout(timer);
  isChosen ||= isChoice;
  if (isOver || document.hidden) return undefined;
  asking?.abort();
  const mine = new AbortController();
  asking = mine;
  const words = new URLSearchParams(new FormData(box));
  if (!isChosen) words.set("seen", seen().value);
  try {
    const answer = await fetch(`${box.dataset.changes}?${words}`, {
      redirect: "manual",
      signal: mine.signal,
    });
    // Sent elsewhere to sign in, or no longer of this house.
    if (answer.type === "opaqueredirect" || [403, 404].includes(answer.status)) {
      isOver = true;
      return say("day-signed-out");
    }
    if (!answer.ok) throw new Error(answer.statusText);
    const text = await answer.text();
    if (text) show(text, !isChosen);
    else seen().value = answer.headers.get("X-Seen") ?? seen().value;
    isChosen = false;
    failures = 0;
    say("");
  } catch (problem) {
    if (mine.signal.aborted) return undefined;
    failures += 1;
    if (failures > 1) say("day-unreachable");
  }
  return lookIn(EVERY);
}

function say(what) {
  const trouble = document.getElementById("day-trouble");
  if ((trouble.dataset.said ?? "") === what) return;
  trouble.dataset.said = what;
  trouble.hidden = !what;
  const words = what && document.getElementById(what).content.cloneNode(true);
  trouble.replaceChildren(words || "");
}

document.addEventListener("visibilitychange", () => look());
window.addEventListener("online", () => look());
// A page that comes back may show less than its box says, or what was so yesterday.
window.addEventListener("pageshow", ({ persisted }) => {
  const find = box.elements.find;
  if (persisted || find.value !== find.defaultValue) look({ isChoice: true });
  else lookIn(EVERY);
});

// An undo does not send the whole page away.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches(".toast form")) return;
  event.preventDefault();
  window.htmx
    .ajax("POST", form.action, { target: "#toasts", swap: "none" })
    .then(() => look({ isChoice: true }));
});

// Fewer cards, while somebody is typing

box.querySelector("[data-not-needed]").hidden = true;
box.addEventListener("input", () => lookIn(150, { isChoice: true }));
box.addEventListener("submit", (event) => {
  event.preventDefault();
  look({ isChoice: true });
});

// Arrows walk from the box through the names.
document.addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step || !event.target.matches(".person-name a, #day-find [type=search]")) return;
  const stops = [box.elements.find, ...document.querySelectorAll("#day .person-name a")];
  const next = stops[stops.indexOf(event.target) + step];
  if (!next) return;
  event.preventDefault();
  next.focus();
});

const print = document.querySelector("[data-print-page]");
print.hidden = false;
print.addEventListener("click", () => window.print());

// A drop closes when somebody goes elsewhere.
const drop = document.querySelector("[data-drop]");
document.addEventListener("click", ({ target }) => {
  if (!drop.contains(target)) drop.open = false;
});
drop.addEventListener("keydown", ({ key }) => {
  if (key !== "Escape") return;
  drop.open = false;
  drop.querySelector("summary").focus();
});
