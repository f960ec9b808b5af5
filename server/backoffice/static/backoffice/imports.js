// Names the chosen file; shows how far an import or a file is, and opens its page anew once the work is done.
"use strict";
{
    const bar = document.querySelector("[data-import-state]");

    async function look() {
        try {
            const answer = await fetch(bar.dataset.importState, { headers: { Accept: "application/json" } });
            const { working, queued, done, total } = await answer.json();
            if (!working || queued !== document.querySelector("[data-import-queued]").dataset.importQueued) {
                window.location.reload();
                return;
            }
            if (total && done) {
                bar.max = total;
                bar.value = done;
                document.querySelector("[data-import-done]").textContent = `${done} / ${total} ${bar.dataset.importUnit ?? "dòng"}`;
            }
        } catch {
            // The server does not answer now; the next look may find it.
        }
        window.setTimeout(look, 700);
    }

    const chosen = document.querySelector("[data-import-file]");
    if (chosen) {
        document.getElementById("id_file").addEventListener("change", (event) => {
            chosen.textContent = event.target.files[0]?.name ?? "Chưa chọn tệp nào.";
        });
    }
    if (bar) window.setTimeout(look, 400);
}
