// Keys of the back office. The help of the frame tells them; "/" goes to the search of a list, as Unfold does.
"use strict";
document.addEventListener("keydown", event => {
    const chord = event.ctrlKey || event.metaKey;
    if (chord && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "s") {
        const form = event.target.closest?.("form") ?? document.querySelector("#content form[method=post]");
        const save = document.querySelector('[name="_save"]') ?? form?.querySelector("button:not([type=button])");
        if (save) { event.preventDefault(); save.click(); }
    }
});
