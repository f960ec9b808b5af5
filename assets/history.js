// Keeps one verdict at a time in the browser's history, so that Back leads to the screen that people scanned from, and
// not through all verdicts before. Flutter's client adds an entry for each new address; it has no other way to say so.
// An entry's `over` is the address that is known to stand below it.
(() => {
  "use strict";
  const push = history.pushState.bind(history);
  const replace = history.replaceState.bind(history);
  const isVerdict = (path) => /^(\/register)?\/(verdict|refused)$/.test(path);
  const isOfRegister = (path) => path.startsWith("/register/");
  const startsFrom = (verdict) => (isOfRegister(verdict) ? ["/register"] : ["/", "/scan"]);
  const pathOf = (url) => new URL(url ?? location.href, document.baseURI).pathname;

  history.pushState = (state, title, url) => {
    const from = location.pathname;
    const to = pathOf(url);
    const over = history.state?.over;
    if (isVerdict(to) && isVerdict(from) && isOfRegister(to) === isOfRegister(from)) {
      replace({ ...state, over }, title, url);
    } else if (isVerdict(to) && !isVerdict(from)) {
      (over === from ? replace : push)({ ...state, over: from }, title, url);
    } else if (isVerdict(from) && (to === over || startsFrom(from).includes(to))) {
      replace({ ...state, over }, title, url);
    } else {
      push(state, title, url);
    }
  };

  history.replaceState = (state, title, url) => {
    const stays = pathOf(url) === location.pathname;
    replace(stays && state !== null ? { ...state, over: history.state?.over } : state, title, url);
  };
})();
