"""Carries out the steps of the sample through the code that takes real records and says what the office says."""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.contrib.auth.hashers import make_password
from django.utils.crypto import salted_hmac

from accounts import sessions
from accounts.models import DeviceSession, User
from inspections import reviewing as suspicions
from records import chain, device_keys, events, files
from records.kinds import kind_named
from records.models import Event, Link
from records.receiving import read, receive
from register.days import rfc3339
from reviewing import acting
from reviewing.models import Case
from rounds.round import content_hash
from sample_office.models import Written, mark_of
from sample_office.people import EVERYBODY, SamplePerson, id_of
from sample_office.photos import photo
from sample_office.steps import Assigned, Body, Judged, Remarked, Sent, Step, Told

_INK = [[100 + 9 * n, 200 + (70 if n % 14 < 7 else -50) * (n % 7) // 7] for n in range(70)]
"""The one stroke of everybody's signature."""
Photos = Mapping[str, list[bytes]]
"""What was drawn for a record, by the record's name."""


class NameInUse(Exception):
    """Somebody has an account of this name, which the sample will not take from them."""


def drawn(steps: list[Step]) -> Photos:
    """The photos of these steps. Drawing takes a while, so it is done before the database is locked."""
    return {step.name: [photo(one) for one in step.photos] for step in steps if isinstance(step, Sent)}


def carry_out(step: Step, photos: Photos) -> None:
    """Write one step. The process lives at its moment, in the caller's transaction."""
    match step:
        case Sent():
            _send(step, photos[step.name])
        case Told():
            record = _record(step.kind, step.name)
            events.write(kind_named(step.kind), record, step.state, step.text, step.number, account_of(step.by))
        case Assigned():
            case_ = Case.objects.get(kind=step.kind, record=id_of(step.name))
            seen = {case_.record: case_.version}
            acting.assign(kind_named(step.kind), seen, account_of(step.to), account_of(step.by))
        case Remarked():
            acting.comment(kind_named(step.kind), UUID(id_of(step.name)), step.text, account_of(step.by))
        case Judged():
            through = suspicions.last_sighting(step.gtin, step.serial)
            suspicions.decide(step.gtin, step.serial, step.decision, step.reason, through)


def open_accounts() -> None:
    """Make the accounts of the sample, whose password nobody knows, and certify the keys of their devices.

    Raises NameInUse.
    """
    unknown = make_password(secrets.token_urlsafe(32))
    Written.objects.create(what=Written.PASSWORD, key=mark_of(unknown))
    for person in EVERYBODY:
        user = User.objects.filter(username=person.username).first() or User(username=person.username)
        if user.pk is not None and user.is_active:
            raise NameInUse(person.username)
        user.name, user.role, user.is_active = person.name, person.role, True
        user.password = unknown
        user.save()
        Written.objects.get_or_create(what=Written.ACCOUNT, key=str(user.pk))
        if person.silent_days is not None:
            device_keys.certify(user, UUID(person.device), _public(person))
            sessions.sign_in(user, UUID(person.device))


def was_here(person: SamplePerson, moment: datetime) -> None:
    """Let a person's device have asked for news at a moment."""
    found = DeviceSession.objects.filter(user__username=person.username, device=person.device)
    found.update(
        refreshed_at=moment,
        expires_at=moment + sessions.REFRESH_LIFE,
        app_version=person.app_version,
        waiting=person.waiting,
    )


def account_of(person: SamplePerson) -> User:
    """The person's account. Raises User.DoesNotExist."""
    return User.objects.get(username=person.username)


def _send(step: Sent, photos: list[bytes]) -> None:
    kind = kind_named(step.kind)
    account = account_of(step.by) if step.by else None
    named = [{"sha256": hashlib.sha256(jpeg).hexdigest(), "size": len(jpeg), "type": "image/jpeg"} for jpeg in photos]
    body: Body = {
        "schema": 1,
        "id": id_of(step.name),
        "device": step.device,
        "account": str(account.uuid) if account else None,
        "created_at": rfc3339(step.made_at),
        "clock_offset": 0,
        "supersedes": None,
        **step.body,
    }
    if step.kind == "note":  # notes in schema 1 have none of the members below
        body["photos"] = named
    else:
        prev = _last_of(account, step.device) if kind.chained else None
        body |= {"kind": step.kind, "prev": prev, "files": named}
        _add_own(step, body, named)
    content = rfc8785.dumps(body)
    sha256 = hashlib.sha256(content).hexdigest()
    signed = chain.check(_signature(step.by, sha256), sha256, account, UUID(step.device)) if step.by else None
    record, _ = receive(kind, read(kind, content), content, sha256, account, signed)
    Written.objects.get_or_create(what=step.kind, key=str(record.pk))
    for jpeg, name in zip(photos, named, strict=True):
        files.keep(kind, files.find(kind, record.pk, str(name["sha256"])), jpeg)


def _add_own(step: Sent, body: Body, named: list[dict[str, Any]]) -> None:
    """What only some kinds have, and can be known only now."""
    match step.kind:
        case "inspection":
            shown = zip(named, step.photos, strict=True)
            body["photos"] = [{"sha256": name["sha256"], "shows": one.shows, "copy_of": None} for name, one in shown]
        case "round":
            held = {name: _record("inspection", name) for name in step.named}
            body["inspections"] = [{"id": str(one.pk), "sha256": one.sha256} for one in held.values()]
            content = content_hash(body)
            body["signatures"] = [_signed_by(*signer, rfc3339(step.made_at), content) for signer in step.signers]
        case "answer":
            assert step.answers  # noqa: S101 - an answer has them
            kind, about = step.answers
            asked = Event.objects.filter(kind=kind, record=id_of(about)).order_by("-cursor").first()
            assert asked  # noqa: S101 - the plan asks before it answers
            body |= {"event": str(asked.pk), "to": {"kind": kind, "id": id_of(about)}}
        case "report":
            # Nobody knows the secret to this hash.
            body["secret_hash"] = _secret(f"report {step.name}").hexdigest()


def _signed_by(role: str, name: str, refused: str | None, at: str, content: str) -> dict[str, Any]:
    strokes = None if refused else [_INK]
    return {"role": role, "name": name, "at": at, "content": content, "strokes": strokes, "refused": refused}


def _record(kind: str, name: str) -> Any:
    return kind_named(kind).records.get(pk=id_of(name))


def _last_of(account: User | None, device: str) -> str | None:
    """The hash of the last record that this device has made."""
    links = Link.objects.filter(account=account, device=device, chained=True)
    return links.order_by("-pk").values_list("sha256", flat=True).first()


def _secret(name: str) -> Any:
    """A secret of this server for a thing of the sample, the same each time: a filling that broke off goes on."""
    return salted_hmac("sample_office", name, algorithm="sha256")


def _key(person: SamplePerson) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(_secret(f"key {person.device}").digest())


def _public(person: SamplePerson) -> str:
    return _text(_key(person).public_key().public_bytes_raw())


def _signature(person: SamplePerson, sha256: str) -> str:
    signature = _key(person).sign(b"ocop-record\n" + sha256.encode())
    return f"{device_keys.kid_of(_public(person))};{_text(signature)}"


def _text(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
