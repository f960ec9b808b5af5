// Shows what became of a report. The secret is in the address behind the #, which the browser sends nowhere by itself.
"use strict";
(() => {
  const report = document.getElementById("report");
  const again = document.getElementById("again");
  const said = document.getElementById("said");
  const english = document.documentElement.lang === "en";
  const moment = new Intl.DateTimeFormat(english ? "en-GB" : "vi-VN", {
    timeZone: "Asia/Ho_Chi_Minh", year: "numeric", month: english ? "long" : "2-digit", day: "2-digit",
    hour: "2-digit", minute: "2-digit",
  });
  let asking = 0;

  function show(state) {
    const all = [...report.querySelectorAll(".state")];
    const known = all.some((one) => one.dataset.state === state) ? state : "other";
    for (const one of all) one.hidden = one.dataset.state !== known;
    again.hidden = state === "asking" || state === "not_whole";
    if (state === "asking") return;
    said.hidden = !said.children.length;
  }

  function headline(state) {
    const known = report.querySelector(`[data-state="${CSS.escape(state)}"] .headline`);
    return known ? known.textContent : state;
  }

  function tell(answer) {
    const received = { state: "received", at: answer.received_at, text: "", number: null };
    const lines = [received, ...answer.events.filter((event) => event.state !== "received" || event.text)];
    said.replaceChildren(...lines.filter((line) => line.at).reverse().map(line_of));
    show(answer.state);
  }

  function line_of(event) {
    const line = document.getElementById("event").content.cloneNode(true);
    line.querySelector(".what").textContent = headline(event.state);
    line.querySelector(".day").textContent = moment.format(new Date(event.at));
    const number = event.number ? report.querySelector("[data-number]").textContent.trim() + " " + event.number : "";
    line.querySelector(".text").textContent = [event.text, number].filter(Boolean).join("\n");
    return line;
  }

  function failed(state) {
    said.replaceChildren();
    show(state);
  }

  async function ask() {
    const turn = ++asking;
    for (const link of document.querySelectorAll("a.switch")) link.hash = location.hash;
    const secret = location.hash.slice(1).toLowerCase();
    if (!/^[0-9a-f]{32}$/.test(secret)) return failed("not_whole");
    // What is answered at once is shown at once: only a slow answer needs a word.
    const slow = setTimeout(() => turn === asking && show("asking"), 300);
    let status = 0, answer = null;
    try {
      const response = await fetch(report.dataset.address, {
        headers: { "Report-Secret": secret }, cache: "no-store", credentials: "omit", referrerPolicy: "no-referrer",
        redirect: "error",
      });
      status = response.status;
      if (status === 200) answer = await response.json();
      // A network's own page may answer in the register's place.
      else if (status === 404 && (await response.json()).error !== "not_found") status = 0;
    } catch {
      status = 0;
    }
    clearTimeout(slow);
    if (turn !== asking) return;
    if (status === 200 && answer && Array.isArray(answer.events)) tell(answer);
    else if (status === 404) failed("not_arrived");
    else if (status === 429) failed("too_often");
    else failed("unreachable");
  }

  addEventListener("hashchange", ask);
  addEventListener("online", ask);
  again.addEventListener("click", ask);
  ask();
})();
