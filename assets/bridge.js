// Gathers the keys of handheld scanners with the browser's own time, and sends each burst as one message to the app.
// pictures.js sends its messages by what stands here too (flet.bridge).
// views/bridge/ hears it; docs/scanners.md and docs/architecture.md say why.
(() => {
  "use strict";
  const LONGEST_GAP = 120; // ms; as GAP and _PACE in views/parts/wedge.py
  const PACE = 80;
  const FEWEST = 8; // characters of a scan
  const BATCH = 300; // ms without a key after which the keys so far are sent from a field
  const SOON = 150; // the same where there is no field: a single key may be a command, which nobody waits for
  const QUIET = 1000; // ms without a key after which a burst gets no end any more
  const PATIENCE = 30000; // ms for which a message is tried again
  const ANSWERED = 10000; // ms within which each try is answered
  const UNEASY = 2000; // ms after which the person is told that a scan is still on its way
  const SHOWN = 10000; // ms for which a lost scan is told
  const [WAITS, LOST] = navigator.language.startsWith("en")
    ? ["No connection: the last scan is still on its way …", "No connection: the last scan is lost. Scan again later."]
    : ["Mất kết nối: lượt quét vừa rồi đang được gửi lại …", "Mất kết nối: lượt quét vừa rồi đã mất. Hãy quét lại sau."];

  const token = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
  // The app hears the token with each connection of this page, and nobody else does.
  const contrast = matchMedia("(prefers-contrast: more), (forced-colors: active)");
  flet.webSocketEndpoint += `?bridge=${token}${contrast.matches ? "&contrast=1" : ""}`;
  contrast.addEventListener("change", () => {
    post({ keys: [], field: false, held: "", owned: false, quiet: false, contrast: contrast.matches });
  });

  let keys = [];
  let written = false; // whether any of them went into a text field
  let run = newRun(0);
  let ended = -Infinity; // when the last scan's end came
  let batchTimer, quietTimer, told;
  let number = 0;
  let sending = Promise.resolve();

  /** Keys that follow one another without a pause. */
  function newRun(began) {
    return { count: 0, began, last: -Infinity, isRewritten: false };
  }

  function textField() {
    let focused = document.activeElement;
    while (focused?.shadowRoot?.activeElement) focused = focused.shadowRoot.activeElement;
    return focused?.matches("textarea, input:not([type=range], [type=checkbox], [type=radio])") ? focused : null;
  }

  /** Say something over the page, which itself can say nothing while there is no connection; for so many ms, or on. */
  function tell(words, shown = 0) {
    clearTimeout(told);
    if (shown) told = setTimeout(() => tell(""), shown);
    let notice = document.getElementById("bridge-notice");
    if (!notice) {
      notice = document.createElement("div");
      notice.id = "bridge-notice";
      notice.setAttribute("role", "alert");
      notice.style.cssText =
        "position:fixed;inset:0 0 auto;z-index:9;padding:12px 16px;background:#ffc53d;color:#2b1d00;font:600 16px sans-serif";
      document.body.append(notice);
    }
    notice.textContent = words;
    notice.hidden = !words;
  }

  /** Send a message until the app has it, for as long as that may take; gives the HTTP status, or 0: it is lost. */
  async function deliver(path, headers, body, answered = ANSWERED) {
    const began = performance.now();
    for (let pause = 200; ; pause = Math.min(2 * pause, 2000)) {
      try {
        const signal = AbortSignal.timeout(answered);
        const answer = await fetch(path, { method: "POST", headers: { ...headers, "X-Bridge": token }, body, signal });
        // The app is not open yet, or has the message before in hand.
        if (answer.status < 500 && ![404, 409].includes(answer.status)) return answer.status;
      } catch {
        // no connection; the app takes each number once, however often it comes
      }
      if (performance.now() - began > PATIENCE) return 0;
      await new Promise((resume) => setTimeout(resume, pause));
    }
  }

  function post(message) {
    const uneasy = message.owned ? setTimeout(() => tell(WAITS), UNEASY) : 0;
    const body = JSON.stringify({ ...message, number: ++number });
    sending = sending.then(async () => {
      const status = await deliver("bridge/keys", { "Content-Type": "application/json" }, body);
      clearTimeout(uneasy);
      if (message.owned) tell(status === 204 ? "" : LOST, status === 204 ? 0 : SHOWN);
    });
  }

  function send(owned, quiet) {
    clearTimeout(batchTimer);
    const field = textField();
    const held = owned && field ? field.value : "";
    if (keys.length || quiet) post({ keys, field: field !== null, written, held, owned, quiet });
    keys = [];
    written = false;
  }

  function note(key, at) {
    if (at - run.last > LONGEST_GAP) run = newRun(at);
    run.count += 1;
    run.last = at;
    run.isRewritten ||= key === "Process"; // only the field knows what these keys have become
  }

  /** Whether the keys of this run, of which there are at least so many, come as quickly as only a scanner sends them. */
  function isScanner(fewest) {
    const mean = (run.last - run.began) / Math.max(1, run.count - 1);
    return !run.isRewritten && run.count >= fewest && mean <= PACE;
  }

  function named(event) {
    if (event.isComposing || event.keyCode === 229) return "Process";
    if (event.repeat) return "Repeat";
    if (event.altKey && /^Numpad\d$/.test(event.code)) return event.code.slice(-1);
    if (event.ctrlKey && event.code === "BracketRight") return "]";
    return event.key;
  }

  function heard(event) {
    if (textField()?.type === "password") return;
    const at = performance.timeOrigin + event.timeStamp;
    const other = (event.ctrlKey || event.altKey || event.metaKey) && !event.getModifierState("AltGraph");
    const key = named(event);
    const isModifier = ["Shift", "Control", "Alt", "AltGraph", "Meta", "CapsLock", "NumLock"].includes(key);
    if (!isModifier) note(key, at);
    keys.push([key, at / 1000, other]);
    written ||= textField() !== null; // which may be gone by the time that they are sent
    clearTimeout(batchTimer);
    clearTimeout(quietTimer);
    const isEnd = (!other && (key === "Enter" || key === "Tab")) || (event.ctrlKey && ["m", "j", "i"].includes(key));
    if (isEnd) {
      // Scanners may end a code with two keys (CR and LF); the second is no person's either.
      const owned = isScanner(FEWEST + 1) || (run.count === 1 && at - ended <= LONGEST_GAP);
      if (owned) {
        ended = at;
        event.preventDefault(); // neither a field nor a button that has the focus may take it for a person's
        event.stopImmediatePropagation();
      }
      run = newRun(at);
      send(owned, false);
    } else {
      batchTimer = setTimeout(() => send(false, false), textField() ? BATCH : SOON);
      // In a field a person may go on, however quickly the words came.
      if (isScanner(FEWEST) && !textField()) quietTimer = setTimeout(() => send(false, true), QUIET);
    }
  }

  window.addEventListener("keydown", heard, true);
  flet.bridge = { deliver, tell, textField };
})();
