// Small comforts on top of pages that work without them.

const on = (type, handler, options) => document.addEventListener(type, handler, options);
const closest = (event, selector) =>
  event.target instanceof Element ? event.target.closest(selector) : null;

// Requests of htmx carry the token that forms carry.
on("htmx:configRequest", (event) => {
  const token = document.querySelector("meta[name=csrf-token]")?.content;
  if (token) event.detail.headers["X-CSRFToken"] = token;
});

// An empty hx-get or hx-post leads where the link or the button itself leads: a long
// list says each address once.
on("htmx:configRequest", ({ detail }) => {
  if (detail.elt.getAttribute(`hx-${detail.verb}`) !== "") return;
  detail.path = detail.elt.getAttribute("formaction") ?? detail.elt.getAttribute("href");
});

// A slash goes to the search box.
on("keydown", (event) => {
  const typing = closest(event, "input, textarea, select, [contenteditable]");
  if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const search = document.querySelector("[data-search]");
  if (!search || document.querySelector("dialog[open]")) return;
  event.preventDefault();
  search.focus();
  search.select();
});

// From the search box, arrows walk through the guests that drop from it, or through the
// list that follows it; letters typed there go on in the box. Escape closes.
on("keydown", (event) => {
  const link = closest(event, ".found a, #results tbody th a");
  const search = document.querySelector("[data-search]");
  if (!search || (!link && event.target !== search)) return;
  const found = document.getElementById("found");
  if (event.key === "Escape") {
    if (found.hidden || !found.querySelector("a")) return search.blur();
    event.preventDefault();
    found.hidden = true;
    search.focus();
  } else if (["ArrowDown", "ArrowUp"].includes(event.key)) {
    const dropped = found.hidden ? [] : found.querySelectorAll("a");
    const links = dropped.length ? dropped : document.querySelectorAll("#results tbody th a");
    const stops = [search, ...links];
    const next = stops[stops.indexOf(event.target) + (event.key === "ArrowDown" ? 1 : -1)];
    if (!next) return;
    event.preventDefault();
    next.focus();
  } else if (link && event.key.length === 1 && event.key !== " " && event.key !== "/") {
    if (!event.ctrlKey && !event.metaKey && !event.altKey) search.focus();
  }
});
for (const type of ["input", "focusin"]) {
  on(type, (event) => {
    if (!event.target.matches?.("[data-search]")) return;
    // Escape has brought the focus back; what it closed stays closed.
    if (type === "input" || event.relatedTarget?.closest(".found") == null) {
      document.getElementById("found").hidden = false;
    }
  });
}

// Ctrl and Enter send what is written, where a form says so.
on("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  closest(event, "[data-send-by-key]")?.form.requestSubmit();
});

// Dialogs: data-open="id" and data-close. A link that opens one leads to a page without us.
on("click", (event) => {
  const opener = closest(event, "[data-open]");
  const dialog = opener && document.getElementById(opener.dataset.open);
  if (dialog?.showModal) {
    event.preventDefault();
    dialog.showModal();
    return;
  }
  if (closest(event, "[data-close]")) closest(event, "dialog")?.close();
  if (event.target instanceof HTMLDialogElement && isOutside(event)) event.target.close();
});

function isOutside({ target, clientX, clientY }) {
  const box = target.getBoundingClientRect();
  return (
    clientX < box.left || clientX > box.right || clientY < box.top || clientY > box.bottom
  );
}

// A form with data-confirm asks first, and no form is sent twice.
on("submit", (event) => {
  const form = event.target;
  if (form.dataset.confirm && !form.dataset.confirmed) {
    event.preventDefault();
    event.stopImmediatePropagation();
    ask(form, event.submitter);
  } else if (form.method === "post" && !form.matches("[hx-post]")) {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
    event.submitter?.setAttribute("aria-busy", "true");
  }
}, true);

function ask(form, submitter) {
  const dialog = document.getElementById("confirm");
  dialog.querySelector("[data-question]").textContent = form.dataset.confirm;
  dialog.returnValue = "";
  dialog.addEventListener("close", () => {
    if (dialog.returnValue !== "yes") return;
    form.dataset.confirmed = "yes";
    form.requestSubmit(submitter);
    delete form.dataset.confirmed;
  }, { once: true });
  dialog.showModal();
}

window.addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
  document.querySelectorAll("[aria-busy]").forEach((el) => el.removeAttribute("aria-busy"));
});

// Who fills in the slot of a choice has chosen it.
on("input", (event) => {
  const radio = closest(event, "[data-choice]")?.querySelector("[type=radio]");
  if (radio) radio.checked = true;
});

// Toasts leave by themselves, unless they are bad news, hold an Undo or are being read.
const READING_TIME = 7000;
const UNDO_TIME = 20000;

function settle(toast) {
  if (toast.dataset.settled || toast.classList.contains("brick")) return;
  toast.dataset.settled = "yes";
  const time = toast.querySelector("form") ? UNDO_TIME : READING_TIME;
  const leave = () => {
    if (toast.matches(":hover, :focus-within")) return setTimeout(leave, 2000);
    toast.classList.add("leaving");
    return setTimeout(() => toast.remove(), 250);
  };
  setTimeout(leave, time);
}

function settleAll() {
  document.querySelectorAll(".toast").forEach(settle);
}

on("click", (event) => {
  if (closest(event, "[data-dismiss]")) closest(event, ".toast")?.remove();
});
on("htmx:afterSettle", settleAll);
settleAll();

// When the house cannot be reached, or has something else to say than what was asked
// for, it is said where the answer would have been.
function say(id) {
  const template = document.getElementById(id);
  if (!template || document.querySelector(`.toasts [data-said=${id}]`)) return;
  const words = template.content.cloneNode(true);
  words.querySelector(".toast").dataset.said = id;
  document.getElementById("toasts")?.append(words);
}
on("htmx:sendError", () => say("unreachable"));
on("htmx:responseError", ({ detail }) => {
  say([403, 404].includes(detail.xhr.status) ? "gone" : "unreachable");
});
on("htmx:beforeSwap", (event) => {
  const signIn = document.getElementById("signed-out")?.dataset.url;
  const { pathname } = new URL(event.detail.xhr.responseURL || location.href, location.href);
  if (!signIn || pathname !== signIn) return;
  event.detail.shouldSwap = false;
  say("signed-out");
});

// Where pages within a page do not fit side by side, the one we are on is in sight.
document
  .querySelector(".subnav [aria-current]")
  ?.scrollIntoView({ block: "nearest", inline: "center" });

// What a phone folds away is open where there is room.
const wide = window.matchMedia("(min-width: 62rem)");
const unfold = () => document.querySelectorAll("[data-open-when-wide]").forEach((fold) => {
  fold.open = wide.matches;
});
wide.addEventListener("change", unfold);
unfold();

// Passkeys are offered only where the browser has them.
if (window.PublicKeyCredential) {
  document.querySelectorAll("[data-needs-passkeys]").forEach((el) => { el.hidden = false; });
}

// Copying, where the browser lets us.
on("click", async (event) => {
  const button = closest(event, "[data-copy]");
  if (!button) return;
  await navigator.clipboard?.writeText(button.dataset.copy);
  button.dataset.label ??= button.textContent;
  button.textContent = button.dataset.copied;
  setTimeout(() => { button.textContent = button.dataset.label; }, 2000);
});
