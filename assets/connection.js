// Covers the page while it has no connection, with words in the page's language: those of Flet's client are English.
(() => {
  "use strict";
  const WORDS = { vi: "Đang kết nối …", en: "Connecting …" };
  const cover = document.getElementById("connecting");

  let language = document.documentElement.lang; // Flutter sets its own until the app has told it the person's

  function show(connected) {
    cover.textContent = WORDS[language] ?? WORDS.vi;
    cover.hidden = connected;
    hideBehind();
  }

  function hideBehind() {
    document.querySelector("flutter-view")?.setAttribute("aria-hidden", String(!cover.hidden));
  }

  const Socket = window.WebSocket;
  window.WebSocket = class extends Socket {
    constructor(...address) {
      super(...address);
      this.addEventListener("message", () => show(true), { once: true });
      this.addEventListener("close", () => {
        language = document.documentElement.lang.slice(0, 2);
        show(false);
      });
    }
  };
  new MutationObserver(hideBehind).observe(document.body, { childList: true }); // Flutter's view comes later
  show(false);
})();
