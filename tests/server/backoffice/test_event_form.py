"""What the office says of notes to their senders."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse
from registry_notes import Sender

from accounts.models import Role, User
from records.models import Event

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Sender]
SAID = {"state": "decided", "text": "Đã xử phạt.\r\nCảm ơn.", "number": "12/QĐ-XPHC"}


@pytest.fixture
def registrar(db: None) -> User:
    return User.objects.create_user("sodangky", password="mat-khau-dai-01", name="Sổ", role=Role.REGISTRAR)


@pytest.fixture
def office(registrar: User) -> Client:
    client = Client()
    client.force_login(registrar, settings.AUTHENTICATION_BACKENDS[1])
    return client


def form_of(*notes: dict[str, Any]) -> str:
    return f"{reverse('admin:inspections_inspection_event')}?{urlencode([('note', note['id']) for note in notes])}"


def page_of(note: dict[str, Any]) -> str:
    return reverse("admin:inspections_inspection_change", args=[note["id"]])


def sent(sender: Sender) -> dict[str, Any]:
    note = sender.note()
    assert sender.put_note(note).status_code == 201
    return note


def events_of(sender: Sender, since: str = "") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = sender.get(f"/api/v1/records?since={since}").json()["events"]
    return found


def test_what_is_said_of_a_note_is_told_to_its_sender_and_shown_at_it(
    office: Client, sign_in: SignIn, registrar: User
) -> None:
    sender, other = sign_in("kiemtra01"), sign_in("kiemtra02")
    note = sent(sender)
    listed = sender.get("/api/v1/records").json()
    form = office.get(form_of(note)).content.decode()
    assert re.search(r"<h2[^>]*>Ghi trạng thái xử lý</h2>", form), "a screen reader is told which form this is"
    assert note["id"] in form
    assert "không có tài khoản" not in form
    answer = office.post(form_of(note), SAID)
    assert answer.headers["Location"] == page_of(note)
    (event,) = events_of(sender, listed["next_cursor"])
    assert (event["record"], event["state"], event["number"]) == (note["id"], "decided", "12/QĐ-XPHC")
    assert event["text"] == "Đã xử phạt.\nCảm ơn."
    assert "sodangky" not in str(event)
    assert events_of(other) == []
    assert Event.objects.get().written_by == registrar
    page = office.get(page_of(note)).content.decode()
    assert all(words in page for words in ("Đã có kết luận", "12/QĐ-XPHC", "Đã xử phạt.", "sodangky"))
    # the note itself is as it was, and does not come again
    assert sender.get(f"/api/v1/records?since={listed['next_cursor']}").json()["records"] == []


def test_a_note_leads_to_the_form(office: Client, sign_in: SignIn) -> None:
    note = sent(sign_in("kiemtra01"))
    link = reverse("admin:inspections_inspection_write_event", args=[note["id"]])
    assert link in office.get(page_of(note)).content.decode()
    assert office.get(link).headers["Location"] == form_of(note)


def test_several_notes_are_answered_at_once(office: Client, sign_in: SignIn, anonymous: Sender) -> None:
    sender = sign_in("kiemtra01")
    notes = [sent(sender), sent(sender), sent(anonymous)]
    chosen = {"action": "write_events", "_selected_action": [note["id"] for note in notes]}
    leads = office.post(reverse("admin:inspections_inspection_changelist"), chosen).headers["Location"]
    assert "1 phiếu được gửi không có tài khoản" in office.get(leads).content.decode()
    assert office.post(leads, SAID).status_code == 302
    assert Event.objects.count() == 3
    assert {event["record"] for event in events_of(sender)} == {note["id"] for note in notes[:2]}
    assert Event.objects.get(account=None).record == uuid.UUID(notes[2]["id"])


def test_too_many_notes_at_once_are_refused(office: Client, anonymous: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backoffice.event_form.MOST", 1)
    chosen = {"action": "write_events", "_selected_action": [sent(anonymous)["id"] for _ in range(2)]}
    answer = office.post(reverse("admin:inspections_inspection_changelist"), chosen, follow=True)
    assert "Hãy chọn ít phiếu hơn" in answer.content.decode()


@pytest.mark.parametrize("spoilt", [{"state": ""}, {"state": "fine"}, {"text": "x" * 5001}, {"number": "x" * 101}])
def test_what_does_not_fit_is_not_written(office: Client, sign_in: SignIn, spoilt: dict[str, str]) -> None:
    note = sent(sign_in("kiemtra01"))
    answer = office.post(form_of(note), {**SAID, **spoilt})
    assert answer.status_code == 200
    assert answer.context["form"].errors
    assert not Event.objects.exists()


def test_only_of_notes_that_are_here(office: Client, sign_in: SignIn) -> None:
    note = sent(sign_in("kiemtra01"))
    for other in ({"id": str(uuid.uuid4())}, {"id": "x"}):
        assert office.post(form_of(note, other), SAID).status_code == 404
    assert not Event.objects.exists()


def test_an_event_is_never_written_twice(office: Client, sign_in: SignIn) -> None:
    office.post(form_of(sent(sign_in("kiemtra01"))), SAID)
    event = Event.objects.get()
    event.text = "khác"
    with pytest.raises(IntegrityError):
        event.save()
