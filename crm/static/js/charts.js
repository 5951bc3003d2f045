// The words of a point follow the pointer.

let tip;
document.addEventListener("pointerover", ({ target }) => {
  const point = target instanceof Element ? target.closest(".hit") : null;
  if (!point) return hideTip();
  nameByLabel(point.ownerSVGElement);
  const title = point.querySelector("title");
  if (title) {
    point.dataset.words = title.textContent;
    title.remove();
  }
  showTip(point);
});
document.addEventListener("scroll", hideTip, { passive: true, capture: true });

// Browsers show a <title> as a hint of their own, which would cover ours.
function nameByLabel(svg) {
  const title = svg.querySelector(":scope > title");
  if (!title) return;
  svg.setAttribute("aria-label", title.textContent);
  svg.removeAttribute("aria-labelledby");
  svg.setAttribute("aria-describedby", svg.querySelector("desc").id);
  title.remove();
}

function showTip(point) {
  hideTip();
  tip = document.createElement("div");
  tip.className = "tip";
  tip.textContent = point.dataset.words;
  document.body.append(tip);
  const mark = (point.querySelector("[data-mark]") ?? point).getBoundingClientRect();
  const half = tip.offsetWidth / 2 + 8;
  const middle = mark.left + mark.width / 2;
  tip.style.left = `${Math.min(Math.max(middle, half), window.innerWidth - half)}px`;
  tip.style.top = `${Math.max(mark.top, tip.offsetHeight + 14)}px`;
}

function hideTip() {
  tip?.remove();
  tip = undefined;
}
