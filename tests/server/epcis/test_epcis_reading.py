"""Events read from what was received: whole files, pages behind a key, corrections, and whose inspections count."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from registry_notes import Sender, error_of, sha256

from accounts import rates, service_keys
from accounts.models import DeviceKey, ServiceKey, User
from accounts.service_keys import Scope
from epcis import reading
from records.models import Link
from rounds.models import Inspection

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Sender]
EVENTS = "/api/v1/epcis/events"
GTIN = "09520000100018"


@pytest.fixture
def sender(sign_in: SignIn) -> Sender:
    return sign_in("kiemtra01")


@pytest.fixture
def secret(sender: Sender) -> str:
    return service_keys.make("Cổng quốc gia", [Scope.EPCIS], 30, User.objects.get(username="quantri"))[1]


def sent(sender: Sender, **changed: Any) -> str:
    document = sender.record("inspection", **{"gtin": GTIN, "findings": ["stars_differ"], **changed})
    answer = sender.put_record("inspection", document)
    assert answer.status_code == 201, answer.content
    return str(document["id"])


def asked(secret: str, **query: Any) -> Any:
    return Client().get(EVENTS, query, headers={"Authorization": f"Bearer {secret}"})


def page(secret: str, since: str = "", **query: Any) -> tuple[list[str], dict[str, Any]]:
    """The events of a page in short, `!` before one that is declared an error, and the page."""
    answer = asked(secret, since=since, **query)
    assert answer.status_code == 200, answer.content
    return short(answer.json()["epcisBody"]["queryResults"]["resultsBody"]["eventList"]), answer.json()


def short(events: list[dict[str, Any]]) -> list[str]:
    ids = [event["eventID"].removeprefix("urn:uuid:") for event in events]
    return ["!" * ("errorDeclaration" in event) + one for event, one in zip(events, ids, strict=True)]


def exported(path: Path, since: datetime, until: datetime | None = None) -> list[str]:
    until = until or timezone.now()
    call_command("export_epcis", since=since, until=until, out=path, verbosity=0)
    document = json.loads(path.read_text(encoding="utf-8"))
    assert document["type"] == "EPCISDocument"
    return short(document["epcisBody"]["eventList"])


def test_pages_lead_on_and_miss_nothing(sender: Sender, secret: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_AT_A_TIME", 2)
    ids = [sent(sender) for _ in range(5)]
    sent(sender, gtin=None)
    seen, since = [], ""
    for more in (True, False):
        answer = asked(secret, since=since, limit=3)
        found, document = page(secret, since, limit=3)
        assert (document["type"], document["ocop:more"], document["ocop:sampleData"]) == (
            "EPCISQueryDocument", more, True,
        )  # fmt: skip
        seen += found
        since = document["ocop:nextCursor"]
        following = f'<http://testserver{EVENTS}?since={since}&limit=3>; rel="next"'
        assert answer.headers.get("Link") == (following if more else None)
        assert answer.headers["Cache-Control"] == "no-store"
    assert seen == ids
    assert page(secret, since)[0] == []
    late = sent(sender)
    assert page(secret, since)[0] == [late]
    assert error_of(asked(secret, since="9999-abcd")) == (410, "cursor_too_old")


def test_a_correction_declares_what_was_told_before_an_error(sender: Sender, secret: str) -> None:
    first = sent(sender)
    told, before = page(secret)
    second = sent(sender, supersedes=first, findings=["matches"])
    assert told == [first]
    assert page(secret)[0] == [f"!{first}", second], "from the beginning each is told once"
    after, document = page(secret, before["ocop:nextCursor"])
    assert after == [f"!{first}", second]
    declared = document["epcisBody"]["queryResults"]["resultsBody"]["eventList"][0]["errorDeclaration"]
    assert declared["correctiveEventIDs"] == [f"urn:uuid:{second}"]
    third, fourth = sent(sender, supersedes=second), sent(sender, supersedes=second, gtin=None)
    events, document = page(secret, document["ocop:nextCursor"])
    assert events == [f"!{second}", third], "two corrections, of which one names no product"
    declared = document["epcisBody"]["queryResults"]["resultsBody"]["eventList"][0]["errorDeclaration"]
    assert declared["correctiveEventIDs"] == [f"urn:uuid:{third}"]
    assert fourth not in json.dumps(document)


def test_a_correction_that_came_first_is_known_when_the_corrected_comes(sender: Sender, secret: str) -> None:
    wrong = sender.record("inspection", gtin=GTIN)
    right = sent(sender, supersedes=wrong["id"])
    assert page(secret)[0] == [right]
    assert sender.put_record("inspection", wrong).status_code == 201
    assert page(secret)[0] == [right, f"!{wrong['id']}"]


def test_only_officials_tell_and_only_by_keys_that_are_theirs(sender: Sender, secret: str, sign_in: SignIn) -> None:
    official = sent(sender)
    shop = sent(sign_in("cuahang01"))
    stolen = sent(sender, supersedes=official)
    assert page(secret)[0] == [f"!{official}", stolen]
    assert shop not in page(secret)[0]
    key = DeviceKey.objects.create(
        kid="a" * 32, user=User.objects.get(username="kiemtra01"), device=sender.device, public_key="A" * 43,
        certified_at=timezone.now(), revoked_at=timezone.now() + timedelta(hours=1),
    )  # fmt: skip
    Link.objects.filter(record=stolen).update(key=key)
    assert page(secret)[0] == [f"!{official}", stolen], "it came before the key was revoked"
    DeviceKey.objects.update(revoked_at=timezone.now() - timedelta(hours=1))
    assert page(secret)[0] == [official]


def test_a_file_holds_what_arrived_in_its_time(sender: Sender, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_AT_A_TIME", 2)
    now, out = timezone.now(), tmp_path / "events.json"
    ids = [sent(sender) for _ in range(5)]
    corrects = sent(sender, supersedes=ids[0], findings=["matches"])
    for number, one in enumerate([*ids, corrects]):
        # Two at one moment stand by their ids.
        Inspection.objects.filter(pk=one).update(received_at=now - timedelta(hours=9 - number // 2))
    hours = [now - timedelta(hours=number) for number in range(10)]
    pairs = [sorted(ids[:2]), sorted(ids[2:4]), sorted([ids[4], corrects])]
    wrong = {ids[0]: f"!{ids[0]}"}
    everything = [wrong.get(one, one) for pair in pairs for one in pair]
    assert exported(out, hours[9]) == everything
    assert exported(out, hours[9], hours[8]) == everything[:2]
    last = exported(out, hours[8] + timedelta(minutes=1))
    assert last == [one for each in pairs[2] for one in ([f"!{ids[0]}", each] if each == corrects else [each])]
    assert [path.name for path in tmp_path.iterdir()] == [out.name]
    assert oct(out.stat().st_mode & 0o777) == "0o600"


def test_a_file_is_replaced_as_a_whole_or_not_at_all(
    sender: Sender, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "events.json"
    since = timezone.now()
    one = sent(sender)
    assert exported(out, since) == [one]
    kept = out.read_bytes()
    for spoilt in ({"since": timezone.now() + timedelta(days=1)}, {"out": tmp_path / "nowhere" / "x"}):
        with pytest.raises(CommandError, match="Nothing was written"):
            call_command("export_epcis", **{"since": since, "until": None, "out": out, **spoilt})
    monkeypatch.setattr(reading, "_AT_A_TIME", 1)
    second = sent(sender)
    Inspection.objects.filter(pk=second).update(body="{}")  # a row that cannot be read
    with pytest.raises(ValueError, match="validation error"):
        call_command("export_epcis", since=since, until=None, out=out)
    assert out.read_bytes() == kept
    assert [path.name for path in tmp_path.iterdir()] == [out.name]
    with pytest.raises(CommandError, match="no day or moment"):
        call_command("export_epcis", "--since", "gestern", "--out", str(out))


def test_a_page_asks_the_database_as_often_for_many_as_for_few(sender: Sender, secret: str) -> None:
    asks = []
    for _ in range(2):
        wrong = [sent(sender) for _ in range(3)]
        _ = [sent(sender, supersedes=one) for one in wrong]
        page(secret)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            page(secret)
        asks.append(len(queries))
    assert asks[0] == asks[1]


# Who may ask


def test_a_key_opens_what_its_scopes_name_until_it_ends(
    sender: Sender, secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rates.time, "time", lambda: 1_800_000_010.5)  # one minute, however long this takes
    key = ServiceKey.objects.get()
    assert (key.secret_hash, key.beginning) == (sha256(secret.encode()), secret[:11])
    assert secret not in str(vars(key))
    assert key.last_used_at is None
    assert asked(secret).status_code == 200
    key.refresh_from_db()
    assert key.last_used_at is not None
    for other in ("", "ocop_x", secret[:-1], sender.tokens["access"]):
        assert error_of(asked(other)) == (401, "not_signed_in")
    assert error_of(Client().get(EVENTS)) == (401, "not_signed_in")
    for path in ("records", "inspections", "guidance"):
        answer = Client().get(f"/api/v1/{path}", headers={"Authorization": f"Bearer {secret}"})
        assert error_of(answer) == (401, "not_signed_in"), path
    ServiceKey.objects.update(scopes="other:read")
    assert error_of(asked(secret)) == (403, "not_allowed")
    ServiceKey.objects.update(scopes=Scope.EPCIS)
    ServiceKey.objects.update(per_minute=2)
    assert asked(secret).status_code == 200
    refused = asked(secret)
    assert error_of(refused) == (429, "too_many_requests")
    assert int(refused.headers["Retry-After"]) > 0
    assert refused.headers["RateLimit"] == '"key";r=0;t=49'
    assert refused.headers["RateLimit-Policy"] == '"key";q=2;w=60'
    ServiceKey.objects.update(per_minute=100)
    ServiceKey.objects.update(expires_at=timezone.now())
    assert error_of(asked(secret)) == (401, "not_signed_in")
    ServiceKey.objects.update(expires_at=timezone.now() + timedelta(days=1))
    assert service_keys.revoke(key, "Bị lộ")
    assert not service_keys.revoke(key, "Bị lộ"), "once"
    assert error_of(asked(secret)) == (401, "not_signed_in")
