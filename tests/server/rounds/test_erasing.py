"""Names, signatures and private places of rounds are erased in time; the hash stays that of what was sent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone
from office import browser_of
from registry_notes import PLACE, Sender

from accounts import forgetting
from accounts.models import User
from records import events
from rounds.kind import ROUND
from rounds.models import Inspection, Round

pytestmark = pytest.mark.django_db
SHOP = {**PLACE, "kind": "shop", "name": "Tạp hóa bà Hoa", "address": "12 Lê Lợi"}
SIGNED = {
    "role": "seller", "name": "Nguyễn Thị Hoa", "at": "2026-11-23T08:59:00Z", "content": "0" * 64,
    "strokes": [[[10, 20], [500, 400]]], "refused": None,
}  # fmt: skip
PERSONAL = ("Hoa", "Lê Lợi", "Lê Văn Bình", "22A8-001", "500,400", "107.08", "đại lý", "hoa le loi")


def sent(sender: Sender, kind: str, **changed: Any) -> dict[str, Any]:
    document = sender.record(kind, place=SHOP, **changed)
    assert sender.put_record(kind, document).status_code == 201
    return document


def kept(model: Any) -> str:
    return str(list(model.objects.order_by("received_at").values()))


def test_what_is_personal_goes_when_a_round_was_closed_long_ago(sign_in: Callable[[str], Sender]) -> None:
    sender, by = sign_in("kiemtra01"), User.objects.get(username="quantri")
    document = sent(sender, "round", signatures=[SIGNED])
    sent(sender, "inspection", round=document["id"])
    stored = Round.objects.get()
    before = stored.sha256
    events.write(ROUND, stored, "decided", "Xong", "", by)
    forgetting.forget_all()
    assert "Nguyễn Thị Hoa" in kept(Round)
    stored.refresh_from_db()
    events.Event.objects.update(at=timezone.now() - timedelta(days=731))
    Round.objects.update(received_at=timezone.now() - timedelta(days=732))
    forgetting.forget_all()
    sent(sender, "inspection", round=document["id"])  # comes after its round was erased
    forgetting.forget_all()
    for model in (Round, Inspection):
        text = kept(model)
        assert not [word for word in PERSONAL if word in text]
        assert "12/KT-2026" in kept(Round)
    assert Round.objects.get().sha256 == before
    shown = browser_of("sodangky").get(reverse("admin:rounds_round_change", args=[document["id"]])).content.decode()
    assert "Đã xóa tên và chữ ký lúc" in shown
    assert "KÝ MỘT NỘI DUNG KHÁC" not in shown
    (again,) = [row for row in sender.get("/api/v1/records").json()["records"] if row["kind"] == "round"]
    assert (again["sha256"], again["body"]["people"]) == (before, [])
    assert sender.put_record("round", document).status_code == 200, "the same record again is still the same"


def test_an_old_round_and_an_inspection_without_one_are_erased_whatever_became_of_them(
    sign_in: Callable[[str], Sender],
) -> None:
    sender = sign_in("kiemtra01")
    sent(sender, "round")
    sent(sender, "inspection")
    for model in (Round, Inspection):
        model.objects.update(received_at=timezone.now() - timedelta(days=1824))
    forgetting.forget_all()
    assert "Lê Lợi" in kept(Round)
    assert "Lê Lợi" in kept(Inspection)
    for model in (Round, Inspection):
        model.objects.update(received_at=timezone.now() - timedelta(days=1826))
    forgetting.forget_all()
    assert "Lê Lợi" not in kept(Round) + kept(Inspection)


def test_somebody_asks_for_it(sign_in: Callable[[str], Sender]) -> None:
    document = sent(sign_in("kiemtra01"), "round")
    with pytest.raises(CommandError):
        call_command("erase_names", "6f1d2c3b-0000-4000-8000-000000000001")
    call_command("erase_names", document["id"])
    assert "Hoa" not in kept(Round)


def test_every_version_of_a_round_and_of_its_inspections_is_erased(sign_in: Callable[[str], Sender]) -> None:
    """Also an inspection that was begun in a folder before it was copied, in which the round had another id."""
    sender = sign_in("kiemtra01")
    earlier = sent(sender, "inspection")
    corrected = sent(sender, "inspection", supersedes=sent(sender, "inspection")["id"])
    named = [{"id": each["id"], "sha256": "0" * 64} for each in (earlier, corrected)]
    document = sent(sender, "round", supersedes=sent(sender, "round", signatures=[SIGNED])["id"], inspections=named)
    sent(sender, "inspection", round=document["id"])
    others = sent(sign_in("kiemtra02"), "inspection", supersedes=None)
    call_command("erase_names", document["id"])
    Inspection.objects.filter(pk=others["id"]).delete()
    assert not [word for word in PERSONAL if word in kept(Round) + kept(Inspection)]


def test_a_version_that_comes_after_the_round_was_erased_is_erased_too(sign_in: Callable[[str], Sender]) -> None:
    sender = sign_in("kiemtra01")
    document = sent(sender, "round")
    call_command("erase_names", document["id"])
    sent(sender, "round", supersedes=document["id"])
    sent(sender, "round")
    forgetting.forget_all()
    assert [bool(erased) for erased in Round.objects.order_by("received_at").values_list("erased_at", flat=True)] == [
        True,
        True,
        False,
    ]
