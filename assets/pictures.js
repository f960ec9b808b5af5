// Takes pictures that are dropped on the page or pasted into it, and sends the first to the app, which judges it.
// Flet has no event for either. views/bridge/dropped.py hears it; docs/architecture.md says more.
(() => {
  "use strict";
  const SCREENS = ["/", "/scan", "/verdict", "/refused", "/paper"]; // where a picture, or a record's PDF, is taken
  const MOST = 20 * 1000 * 1000; // bytes; as MOST_PICTURE_BYTES in views/bridge/dropped.py
  const PATIENCE = 300000; // ms for a picture to come over a slow line and to be read
  const STILL = 700; // ms after which nothing is dragged any more: browsers tell at least every 350
  const SHOWN = 10000; // ms for which a failure is told
  const WORDS = {
    vi: {
      drop: "Thả ảnh gói hàng vào đây",
      reads: "Đang đọc ảnh …",
      busy: "Đang đọc ảnh trước. Hãy đợi, rồi thả ảnh này lại.",
      lost: "Mất kết nối: ảnh chưa được đọc. Hãy thử lại sau.",
    },
    en: {
      drop: "Drop the picture of the pack here",
      reads: "Reading the picture …",
      busy: "The picture before is being read. Wait, then drop this one again.",
      lost: "No connection: the picture was not read. Try again later.",
    },
  };
  const words = () => WORDS[document.documentElement.lang.slice(0, 2)] ?? WORDS.vi; // follows the app's language
  const judges = () => SCREENS.includes(location.pathname);

  let zone, ends;
  let number = 0;
  let sending = false;

  function show(said) {
    clearTimeout(ends);
    if (!zone) {
      zone = document.createElement("div");
      zone.id = "drop-zone";
      zone.append(document.createElement("div"));
      document.body.append(zone);
    }
    zone.firstChild.textContent = said;
    zone.hidden = !said;
  }

  async function send(files) {
    if (sending) {
      flet.bridge.tell(words().busy, SHOWN);
      return;
    }
    sending = true;
    show(words().reads);
    const [file] = files;
    const headers = { "X-Number": String(++number), "X-Others": String(files.length - 1) };
    let body = null;
    if (file.size > MOST) headers["X-Problem"] = "too_big";
    else body = await file.arrayBuffer().catch(() => null); // a folder, or a file that has gone
    if (!body?.byteLength && !headers["X-Problem"]) headers["X-Problem"] = "file_unreadable";
    if (headers["X-Problem"]) body = null;
    const status = await flet.bridge.deliver("bridge/picture", headers, body, PATIENCE);
    sending = false;
    show("");
    if (status !== 204) flet.bridge.tell(words().lost, SHOWN);
  }

  const isFile = (transfer) => transfer?.types.includes("Files");

  for (const kind of ["dragenter", "dragover"]) {
    window.addEventListener(kind, (event) => {
      if (!isFile(event.dataTransfer)) return;
      event.preventDefault(); // or the browser would leave the app and show the file
      event.dataTransfer.dropEffect = judges() ? "copy" : "none";
      if (!judges() || sending) return;
      show(words().drop);
      ends = setTimeout(() => show(""), STILL);
    }, true);
  }

  window.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget && !sending) show("");
  }, true);

  window.addEventListener("drop", (event) => {
    if (!isFile(event.dataTransfer)) return;
    event.preventDefault();
    const files = [...event.dataTransfer.files];
    if (!sending) show("");
    if (judges() && files.length) send(files);
  }, true);

  window.addEventListener("paste", (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    const isText = event.clipboardData?.types.includes("text/plain") && flet.bridge.textField();
    if (!files.length || isText || !judges()) return; // in a field, text that has a picture too stays text
    event.preventDefault();
    event.stopImmediatePropagation();
    send(files);
  }, true);

  // Home says at once that there is no camera, without asking for one; a page that is not safe has no such list.
  async function cameraFault() {
    if (!navigator.mediaDevices) return "insecure_page";
    const devices = await navigator.mediaDevices.enumerateDevices();
    return devices.some((device) => device.kind === "videoinput") ? "" : "no_camera";
  }
  cameraFault().then((fault) => fault && flet.bridge.deliver("bridge/camera", {}, fault, 60000)).catch(() => {});
})();
