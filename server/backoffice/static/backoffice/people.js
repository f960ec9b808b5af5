// Copies the link of an invitation, and says so on the button.
"use strict";
document.querySelectorAll("[data-copy-link]").forEach((button) => {
    const field = document.getElementById(button.dataset.copyLink);
    button.addEventListener("click", async () => {
        field.select();
        try {
            await navigator.clipboard.writeText(field.value);
        } catch {
            document.execCommand("copy"); // where the page is not served by HTTPS
        }
        button.textContent = button.dataset.said;
    });
});
