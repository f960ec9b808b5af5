// The inbox and the page of a case: choosing rows, the large photo, zoom, and keys. All of it works without, too.
"use strict";

const boxes = [...document.querySelectorAll(".review input[name=case][type=checkbox]")];
const all = document.querySelector(".review [data-all]");
const told = document.querySelector(".review [data-chosen]");

function tell() {
  const chosen = boxes.filter((box) => box.checked).length;
  told.textContent = chosen ? `Đã chọn ${chosen} phiếu` : "Chưa chọn phiếu nào";
  all.checked = chosen === boxes.length;
  all.indeterminate = chosen > 0 && chosen < boxes.length;
}

if (all) {
  all.addEventListener("change", () => { for (const box of boxes) box.checked = all.checked; tell(); });
  for (const box of boxes) box.addEventListener("change", tell);
  tell();
}

const photos = document.querySelector(".review [data-photos]");
if (photos) {
  const large = photos.querySelector("[data-large]");
  const thumbs = [...photos.querySelectorAll("[data-thumb]")];
  for (const thumb of thumbs) {
    thumb.addEventListener("click", (event) => {
      if (!large || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      large.src = thumb.href;
      large.alt = thumb.querySelector("img").alt;
      for (const other of thumbs) other.removeAttribute("aria-current");
      thumb.setAttribute("aria-current", "true");
    });
  }
  photos.querySelector("[data-zoom]").addEventListener("input", (event) => {
    for (const picture of photos.querySelectorAll(".view img")) picture.style.width = `${event.target.value}%`;
  });
  const views = [...photos.querySelectorAll(".view")];
  for (const view of views) {
    view.addEventListener("scroll", () => {
      for (const other of views) if (other !== view) { other.scrollTop = view.scrollTop; other.scrollLeft = view.scrollLeft; }
    });
  }
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select")) return;
  const link = { j: "next", k: "prev" }[event.key.toLowerCase()];
  const target = link && document.querySelector(`.review a[rel=${link}]`);
  if (target) target.click();
});
