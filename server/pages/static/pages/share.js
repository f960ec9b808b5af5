// Hands on the address of the page: by the system's own sheet where there is one, or by the clipboard.
"use strict";
(() => {
  const url = document.querySelector('link[rel="canonical"]').href;
  const share = document.querySelector('[data-does="share"]');
  const copy = document.querySelector('[data-does="copy"]');

  if (navigator.share) {
    share.hidden = false;
    share.addEventListener("click", () => navigator.share({ title: share.dataset.title, url }).catch(() => {}));
  }
  if (navigator.clipboard) {
    const words = copy.querySelector("span");
    const asked = words.textContent;
    copy.hidden = false;
    words.setAttribute("aria-live", "polite");
    if (!navigator.share) copy.classList.add("main");
    copy.addEventListener("click", async () => {
      await navigator.clipboard.writeText(url);
      words.textContent = copy.dataset.done;
      setTimeout(() => (words.textContent = asked), 3000);
    });
  }
})();
