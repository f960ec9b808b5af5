// Says in the page's language that it loads and, where it can be measured, how much of it has come.
(() => {
  "use strict";
  const [LOADS, STARTS] = navigator.language.toLowerCase().startsWith("en")
    ? ["Loading …", "Starting …"]
    : ["Đang tải …", "Đang khởi động …"];
  const [words, share] = document.querySelectorAll("#loading span"); // a screen reader would speak each share of it
  const bar = document.querySelector("#loading progress");
  words.textContent = LOADS;

  // Only a first visit is measured: a browser keeps what it makes of the engine's code, but not where it is counted.
  const seen = "ocop-engine";
  const needs = flet.versions && flet.needs.map((file) => new URL(flet.entrypointBaseUrl + file, document.baseURI).href);
  if (!needs || needs.length < 2 || localStorage.getItem(seen) === flet.versions.engine) return;
  addEventListener("flutter-first-frame", () => localStorage.setItem(seen, flet.versions.engine), { once: true });

  const whole = flet.needs.reduce((sum, file) => sum + flet.versions.sizes[file], 0);
  let come = 0;
  function count(bytes) {
    come += bytes;
    bar.hidden = false;
    bar.value = come / whole;
    share.textContent = come < whole ? `${Math.floor((100 * come) / whole)}\u00a0%` : "";
    if (come >= whole) words.textContent = STARTS;
  }

  const fetch = window.fetch;
  window.fetch = async (what, ...options) => {
    const answer = await fetch(what, ...options);
    if (!answer.ok || !needs.includes(answer.url)) return answer;
    const counted = new TransformStream({
      transform(bytes, out) {
        count(bytes.length);
        out.enqueue(bytes);
      },
    });
    return new Response(answer.body.pipeThrough(counted), { headers: answer.headers });
  };
})();
