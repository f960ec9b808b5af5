"""What somebody in the office writes on a case's page at the real server is on the sender's device at its next poll."""

from __future__ import annotations

import re
from http.cookiejar import CookieJar
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, build_opener

from services.accounts.accounts import Accounts
from services.client.registry import Registry
from services.notes.notebook import Notebook
from services.sync.hearing import hear
from services.sync.outbox import send
from tests.services.conftest import INSPECTOR, new_id, written
from tests.support.registry_server import RegistryServer


class Office:
    """A browser of the office, as far as it is needed: it keeps cookies and sends the hidden fields of a form."""

    def __init__(self, server: RegistryServer) -> None:
        self._url = server.url
        self._opener = build_opener(HTTPCookieProcessor(CookieJar()))

    def open(self, path: str) -> str:
        with self._opener.open(f"{self._url}{path}", timeout=60) as answer:
            return str(answer.read().decode())

    def post(self, path: str, page: str, **entered: str) -> str:
        hidden = dict(re.findall(r'type="hidden" name="(csrfmiddlewaretoken|version)" value="([^"]*)"', page))
        with self._opener.open(f"{self._url}{path}", urlencode({**hidden, **entered}).encode(), timeout=60) as answer:
            return str(answer.read().decode())


def test_an_answer_is_on_the_device_at_its_next_poll_and_a_comment_never(
    notebook: Notebook, accounts: Accounts, server: RegistryServer, registry: Registry
) -> None:
    accounts.sign_in(registry, *INSPECTOR, new_id())
    note = written(notebook, account=INSPECTOR[0])
    send(notebook.records, accounts, registry, schemas={"note": (1,)})
    office = Office(server)
    login = "/admin/login/"
    office.post(login, office.open(login), username="quantri", password="mau-quantri-01", next="/admin/")
    case = f"/admin/inbox/note/{note.id}/"
    assert case in office.open("/admin/inbox/note/"), "the note waits in the inbox"
    commented = office.post(case, office.open(case), do="comment", comment="Hỏi chị Lan trước.")
    assert "Hỏi chị Lan trước." in commented
    done = office.post(case, commented, do="answer", state="decided", text="Đã nhắc cơ sở.", number="12/QĐ")
    assert "Đã ghi “Đã có kết luận”" in done
    hear(notebook.events, INSPECTOR[0], accounts, registry, cancelled=lambda: False)
    kept = notebook.note(note.id)
    assert kept
    (said,) = kept.events
    assert (said.state, said.text, said.number) == ("decided", "Đã nhắc cơ sở.", "12/QĐ")
