// Says beside each field of a day which day was understood, while it is typed. The server decides; it reads the same
// forms (config/formats/vi/formats.py).
"use strict";
{
    const HELP = "Chưa hiểu ngày này. Hãy ghi ngày/tháng/năm, ví dụ 01/10/2026.";

    function inWords(text) {
        const typed = text.trim();
        if (!typed) return "";
        const dayFirst = typed.match(/^(\d{1,2})([/-])(\d{1,2})\2(\d{4})$/);
        const yearFirst = typed.match(/^(\d{4})-(\d{1,2})-(\d{1,2})$/);
        if (!dayFirst && !yearFirst) return HELP;
        const [day, month, year] = (dayFirst ? [dayFirst[1], dayFirst[3], dayFirst[4]] : yearFirst.slice(1).reverse()).map(Number);
        const date = new Date(Date.UTC(2000, 0, 1));
        date.setUTCFullYear(year, month - 1, day);
        if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return HELP;
        return `${day} tháng ${month} năm ${year}`;
    }

    function tell(event) {
        const words = event.target.closest?.("[data-day]")?.querySelector("[data-day-words]");
        if (words) words.textContent = inWords(event.target.value ?? "");
    }

    // The calendar fills a field in without an event, and then gives it the focus.
    for (const kind of ["input", "change", "focusin", "focusout"]) document.addEventListener(kind, tell);
}
