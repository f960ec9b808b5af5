// Tells before a session of the back office ends for want of use, and lets a form be sent after a new sign-in.
// What is typed stays on the page: it is sent once somebody has signed in again in another tab.
"use strict";
(() => {
    const ADDRESS = "/admin/account/alive/";
    const WARN = 120, LOOK_EVERY = 30_000, STAY_EVERY = 60_000;
    if (/^\/admin\/(login|logout)\//.test(location.pathname)) return;

    let used = false, ended = false, user = null, bar = null, stayed = Date.now(), asking = false, sure = null;

    const say = (text, label, act) => {
        if (!bar) {
            bar = document.createElement("div");
            bar.className = "office-idle";
            bar.setAttribute("role", "alert");
            bar.style.cssText = "position:fixed;inset:0 0 auto 0;z-index:1000;display:flex;flex-wrap:wrap;gap:12px;" +
                "align-items:center;justify-content:center;padding:12px 16px;background:#FFEBBF;color:#4A3100;font-size:16px";
            document.body.append(bar);
        }
        if (bar.dataset.said === text) return;
        bar.dataset.said = text;
        const words = document.createElement("span"), way = document.createElement(typeof act === "string" ? "a" : "button");
        words.textContent = text;
        way.textContent = label;
        way.style.cssText = "font-weight:600;text-decoration:underline;color:inherit;cursor:pointer;min-height:32px";
        if (typeof act === "string") Object.assign(way, { href: act, target: "_blank" });
        else Object.assign(way, { type: "button", onclick: act });
        bar.replaceChildren(words, way);
    };
    const unsay = () => { if (bar) { bar.remove(); bar = null; } };

    const ask = async (stay) => {
        const answer = await fetch(ADDRESS + (stay ? "?stay=1" : ""), { headers: { Accept: "application/json" } });
        return answer.json();
    };

    // Another person who signs in must not send what the first one has typed.
    const is_back = (found) => found.signed_in && (user === null || found.user === user);

    const look = async (stay) => {
        let found;
        try {
            found = await ask(stay);
        } catch {
            return null; // no network: nothing is known, so nothing is said
        }
        if (is_back(found)) {
            user = found.user;
            document.querySelectorAll("input[name=csrfmiddlewaretoken]").forEach((field) => { field.value = found.csrf; });
            ended = false;
            if (found.left !== null && found.left <= WARN) {
                say(`Vì không có thao tác, phiên làm việc sẽ kết thúc sau ${Math.max(1, Math.ceil(found.left / 60))} phút.`,
                    "Ở lại", () => look(true));
            } else if (found.ends <= WARN) {
                say(`Đã đăng nhập lâu nên phiên làm việc sẽ kết thúc sau ${Math.max(1, Math.ceil(found.ends / 60))} phút. Hãy lưu việc đang làm.`,
                    "Đã đọc", unsay);
            } else unsay();
        } else if (user !== null) {
            ended = true;
            say(found.signed_in ? "Một người khác vừa đăng nhập trong trình duyệt này. Những gì bạn gõ ở đây chưa được gửi."
                : "Phiên làm việc đã kết thúc. Những gì đã gõ vẫn còn ở trang này: đăng nhập lại rồi bấm lưu.",
                "Đăng nhập ở thẻ khác", "/admin/login/?next=/admin/");
        }
        return found;
    };

    for (const event of ["input", "keydown", "pointerdown", "scroll"]) {
        addEventListener(event, () => {
            used = true;
            if (!ended && Date.now() - stayed > STAY_EVERY) {
                stayed = Date.now();
                used = false;
                look(true);
            }
        }, { passive: true, capture: true });
    }
    setInterval(() => { const stay = used && !ended; used = false; look(stay); }, LOOK_EVERY);
    document.addEventListener("visibilitychange", () => { if (!document.hidden) look(false); });

    // A form is sent once the server has said that its person is signed in, whose texts would be lost otherwise: the
    // session may have ended by its age, in another window, or by another password. Where nobody was signed in, as where
    // a code is asked for, a form goes as it is.
    document.addEventListener("submit", (event) => {
        const form = event.target;
        if (form.method !== "post" || user === null || form === sure) return;
        event.preventDefault();
        event.stopImmediatePropagation();
        if (asking) return;
        asking = true;
        look(false).then((found) => {
            asking = false;
            if (!found) say("Chưa gửi được vì không gọi được máy chủ. Những gì đã gõ vẫn còn ở trang này: bấm lưu lại khi có mạng.",
                "Thử gọi lại", () => look(false));
            else if (is_back(found)) {
                sure = form;
                form.requestSubmit(event.submitter || undefined);
                sure = null;
            }
        });
    }, true);
    look(false);
})();
