// A pair is decided by one key: m, n or s, while the focus is on the pair.
const pair = document.querySelector("[data-keys]");
pair.focus({ preventScroll: true });
pair.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  const wanted = pair.querySelector(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
  if (!wanted) return;
  event.preventDefault();
  wanted.click();
});
