// Keys of the back office, and what its frame leaves out for those who work without a mouse or without sight.
"use strict";
{
    // What an icon without words does, by the name of the icon.
    const DOES = {
        dock_to_right: "Mở hoặc đóng danh mục", close: "Đóng", add: "Thêm", arrow_back: "Trở lại", search: "Tìm",
        unfold_more: "Tài khoản và giao diện", computer: "Giao diện sáng hay tối", light_mode: "Giao diện sáng hay tối",
        verified: "Về trang tổng quan", dark_mode: "Giao diện sáng hay tối", filter_list: "Bộ lọc", more_vert: "Việc khác", more_horiz: "Việc khác",
    };

    function words(element) {
        const copy = element.cloneNode(true);
        for (const icon of copy.querySelectorAll(".material-symbols-outlined")) icon.remove();
        return element.matches(".material-symbols-outlined") ? "" : copy.textContent.trim();
    }

    // The frame opens its menus by clicks on what no key reaches.
    function reachable(root) {
        for (const icon of root.querySelectorAll(".material-symbols-outlined")) {
            if (!icon.matches("[x-on\\:click]")) icon.setAttribute("aria-hidden", "true");
        }
        for (const tools of root.querySelectorAll("ul.object-tools")) tools.setAttribute("role", "presentation");
        for (const cell of root.querySelectorAll("[data-label]")) {
            cell.dataset.label = cell.dataset.label.charAt(0).toUpperCase() + cell.dataset.label.slice(1);
        }
        for (const one of root.querySelectorAll("[x-on\\:click], button, a")) {
            const icon = one.matches(".material-symbols-outlined") ? one : one.querySelector(".material-symbols-outlined");
            const name = DOES[icon?.textContent.trim()];
            if (name && !words(one) && !one.hasAttribute("aria-label")) one.setAttribute("aria-label", name);
            if (one.matches("button, a[href], input, select, textarea, summary") || one.id === "changelist-filter-close") continue;
            if (!one.hasAttribute("x-on:click")) continue;
            one.tabIndex = 0;
            one.setAttribute("role", "button");
        }
    }

    // A field with a list of its own is named by its label, and not by what is chosen in it alone.
    function named() {
        for (const help of document.querySelectorAll(".help-tooltip[aria-label]")) help.setAttribute("role", "img");
        for (const chosen of document.querySelectorAll(".select2-selection__rendered[id]")) {
            const select = chosen.closest(".select2").previousElementSibling;
            const label = select?.id && document.querySelector(`label[for="${select.id}"]`);
            if (!label) continue;
            label.id ||= `label-${select.id}`;
            for (const one of [chosen, chosen.closest("[role=combobox]")]) {
                one?.setAttribute("aria-labelledby", `${label.id} ${chosen.id}`);
            }
        }
    }

    // What scrolls sideways is reached by the keyboard too.
    function scrolled() {
        for (const table of document.querySelectorAll("#main :is(.readonly, .review .columns div) table")) {
            for (let box = table.parentElement; box && box.id !== "main"; box = box.parentElement) {
                if (box.scrollWidth > box.clientWidth && getComputedStyle(box).overflowX === "auto") box.tabIndex = 0;
            }
        }
    }

    // What is wider than the screen opens where it says most: a map at its darkest tile, weeks at the last one.
    function beginAtTheMost(root) {
        for (const box of root.querySelectorAll(".of-scroll, .ov-scroll")) {
            if (box.scrollWidth <= box.clientWidth) continue;
            if (box.querySelector(".ov-plot")) box.scrollLeft = box.scrollWidth;
            const tiles = [3, 2, 1].flatMap(level => [...box.querySelectorAll(`.cm-${level}`)]);
            if (!tiles.length) continue;
            const tile = tiles[0].getBoundingClientRect();
            box.scrollLeft += tile.left + tile.width / 2 - box.getBoundingClientRect().left - box.clientWidth / 2;
        }
    }

    // A second click sends what is on its way already: it would be stored twice, or told of as another person's doing.
    const SAME_FOR = 10000; // milliseconds
    const sent = new WeakMap();
    document.addEventListener("submit", event => {
        const form = event.target;
        if (event.defaultPrevented || form.getAttribute("method")?.toLowerCase() !== "post") return;
        const data = new FormData(form, event.submitter);
        data.delete("csrfmiddlewaretoken"); // another one each time that the server was asked
        const says = new URLSearchParams(data).toString();
        const before = sent.get(form);
        if (before && before.says === says && Date.now() - before.at < SAME_FOR) event.preventDefault();
        else sent.set(form, { says, at: Date.now() });
    });
    window.addEventListener("pageshow", event => {
        if (event.persisted) for (const form of document.forms) sent.delete(form);
    });
    // A browser says in its own language what a field lacks; the office says it in Vietnamese.
    function lacks({ validity, type }) {
        if (validity.valueMissing && type === "select-one") return "Hãy chọn một mục.";
        if (validity.valueMissing && type === "checkbox") return "Hãy đánh dấu ô này.";
        if (validity.valueMissing && type === "file") return "Hãy chọn một tệp.";
        if (validity.valueMissing) return "Hãy điền ô này.";
        if (validity.rangeUnderflow || validity.rangeOverflow) return "Số này ngoài giới hạn cho phép.";
        return "Ô này ghi chưa đúng dạng.";
    }
    document.addEventListener("invalid", ({ target }) => {
        if (!target.validity.customError) target.setCustomValidity(lacks(target));
    }, true);
    // What was said is taken back before the browser looks again: at each try to send, and as soon as somebody types.
    document.addEventListener("input", ({ target }) => target.setCustomValidity?.(""), true);
    document.addEventListener("click", ({ target }) => {
        for (const field of target.closest?.("button, [type=submit]")?.form?.elements ?? []) field.setCustomValidity("");
    }, true);

    document.addEventListener("DOMContentLoaded", () => reachable(document));
    document.addEventListener("DOMContentLoaded", () => beginAtTheMost(document));
    window.addEventListener("load", () => setTimeout(named));
    window.addEventListener("load", scrolled);
    document.addEventListener("formset:added", () => setTimeout(named));
    document.addEventListener("htmx:afterSwap", event => reachable(event.target));
    document.addEventListener("keydown", event => {
        const { target, key } = event;
        if ((key === "Enter" || key === " ") && target.matches?.("[role=button][x-on\\:click]")) {
            event.preventDefault();
            target.click();
        }
        if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && key.toLowerCase() === "s") {
            const form = target.closest?.("#content form[method=post]") ?? document.querySelector("#content form[method=post]");
            const save = document.querySelector('[name="_save"]') ?? form?.querySelector("button:not([type=button])");
            if (save) {
                event.preventDefault();
                save.click();
            }
        }
        if (key === "?" && !target.matches?.("input, textarea, select")) document.getElementById("of-keys")?.togglePopover();
    });
}
