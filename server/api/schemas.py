"""Shapes of docs/api.md, for the OpenAPI document and for reading requests."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Schema
from pydantic import AfterValidator, Field

from accounts.models import DeviceSession, Role, User
from accounts.sessions import ACCESS_LIFE, Tokens, Told
from answers.answer import Answer
from audits.audit import Audit
from inspections.note import Note
from records.device_keys import read_key
from records.models import Event
from records.wire import Record, Sha256
from register.days import rfc3339
from reports.report import Report
from rounds.inspection import Inspection
from rounds.round import Round

Gtin14 = Annotated[str, Field(pattern=r"^[0-9]{14}$")]
Day = Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\d$", examples=["2026-11-23"])]
UtcMoment = Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$", examples=["2026-11-23T08:00:00Z"])]


def _without_nul(text: str) -> str:
    if "\x00" in text:
        raise ValueError("no such character is in a name")
    return text


def _real_key(text: str) -> str:
    read_key(text)
    return text


PublicKey = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{43}$"), AfterValidator(_real_key)]


class PlaceOut(Schema):
    """An administrative unit, and the days on which it existed."""

    code: str
    name: str
    valid_from: date | None
    valid_to: date | None


class ShopOut(Schema):
    """Where a producer's products can be bought."""

    name: str
    address: str | None
    url: str | None


class ProducerOut(Schema):
    """Who answers for a product, and what they tell of themselves."""

    id: int
    name: str
    address: str
    phone: str | None
    story: str | None
    story_en: str | None
    site: str | None
    shops: Annotated[list[ShopOut], Field(max_length=20)]


class CertificateOut(Schema):
    """One certificate; `valid_to` is its last valid day in Vietnam."""

    number: str
    stars: Annotated[int, Field(ge=3, le=5)]
    decision: str
    issuer: str
    valid_from: Day
    valid_to: Day
    withdrawn_on: Day | None
    withdrawn_reason: str | None
    withdrawn_reason_en: str | None


class CodeOut(Schema):
    """A text found on packs beside the GTIN."""

    kind: Literal["exact", "prefix", "pattern"]
    value: str


class PictureOut(Schema):
    """A picture of a product; `width` and `height` are those of its largest copy."""

    sha256: Sha256
    shows: Literal["label", "pack", "product", "place"]
    width: int
    height: int


class SightingOut(Schema):
    """When a pack was seen, and near which town."""

    day: date
    place: str | None


class CopyOut(Schema):
    """COPY: a serial number that seems to be on more than one pack."""

    serial: str
    reason: Literal["too_far_apart", "seen_after_sale"]
    sold_on: date | None
    sightings: Annotated[list[SightingOut], Field(min_length=2, max_length=4)]


class ProductOut(Schema):
    """PRODUCT."""

    gtin: Gtin14
    name: str
    group: Literal["thuc_pham", "do_uong", "duoc_lieu", "thu_cong_my_nghe", "sinh_vat_canh", "du_lich"]
    producer: ProducerOut
    place: str
    former_unit: PlaceOut | None
    commune: PlaceOut | None
    certificates: list[CertificateOut]
    codes: list[CodeOut]
    pictures: Annotated[list[PictureOut], Field(max_length=5)]
    revoked_statements: list[str]
    copies: list[CopyOut]
    updated_at: UtcMoment


class IssuerKeyOut(Schema):
    """A key that signs statements, or signed them."""

    kid: str
    public_key: str
    issuer: str
    valid_from: UtcMoment
    valid_to: UtcMoment | None
    revoked_at: UtcMoment | None
    revoked_reason: str | None


class LocalityOut(Schema):
    """An administrative unit, the days on which it existed, and the former units that its land was in."""

    code: str
    name: str
    kind: str
    level: Literal["former_unit", "commune"]
    valid_from: date | None
    valid_to: date | None
    former_units: list[str]


class RevokedKey(Schema):
    """A key of a device that was revoked."""

    kid: str
    at: UtcMoment


class NamedChecklist(Schema):
    """A version of the checklists, and the days on which it is used."""

    sha256: Sha256
    valid_from: Day
    valid_to: Day | None


class RegisterOut(Schema):
    """REGISTER. `schemas` are the forms of each kind of record that the server takes."""

    id: UUID
    name: str
    sample: bool
    products: int
    schemas: dict[str, list[int]]
    domains: list[str]
    issuer_keys: list[IssuerKeyOut]
    revoked_keys: list[RevokedKey]
    checklists: Annotated[list[NamedChecklist], Field(max_length=50)]
    localities: list[LocalityOut]


class StandingOut(Schema):
    """STANDING: what a product's certificates are worth on a day in Vietnam, by the one that counts."""

    state: Literal["in_force", "not_yet", "ended", "withdrawn", "never"]
    on: Day
    certificate: str | None
    stars: Annotated[int, Field(ge=3, le=5)] | None
    until: Day | None


class OneProduct(Schema):
    """One product as it is now, and what its certificates are worth today."""

    product: ProductOut
    standing: StandingOut


class FoundProduct(Schema):
    """FOUND: a product in a list. `commune` and `former_unit` are codes of localities, `picture` is its first."""

    gtin: Gtin14
    name: str
    group: Literal["thuc_pham", "do_uong", "duoc_lieu", "thu_cong_my_nghe", "sinh_vat_canh", "du_lich"]
    producer: str
    place: str
    commune: str | None
    former_unit: str | None
    picture: Sha256 | None
    standing: StandingOut


class FoundProducts(Schema):
    """One page of a search; `next` leads to the following one."""

    products: Annotated[list[FoundProduct], Field(max_length=100)]
    next: str | None


class IdentityOut(Schema):
    """Which register this is, and a proof of it by each key that may be known to the device."""

    id: UUID
    proofs: list[str]


class StatementOut(Schema):
    """The address that carries a signed statement."""

    url: str


class Upsert(Schema):
    """A product as it is now."""

    op: Literal["upsert"]
    product: ProductOut


class Delete(Schema):
    """A product that was deleted."""

    op: Literal["delete"]
    gtin: Gtin14


class Changes(Schema):
    """One page of changes."""

    changes: list[Annotated[Upsert | Delete, Field(discriminator="op")]]
    next_cursor: str
    more: bool
    register_: RegisterOut | None = Field(alias="register")


class Snapshot(Schema):
    """The whole register."""

    products: list[ProductOut]
    next_cursor: str
    register_: RegisterOut = Field(alias="register")


class ToldByApp(Schema):
    """What an app may tell of itself with a session: its version, and how many of the account's records wait there."""

    app: Annotated[str, Field(max_length=40), AfterValidator(_without_nul)] = ""
    waiting: Annotated[int, Field(ge=0, le=1_000_000)] | None = None

    @property
    def told(self) -> Told:
        """It as the room of accounts takes it."""
        return Told(self.app, self.waiting)


class SignIn(ToldByApp):
    """Who signs in, on which device. `new_password` takes the place of `password`, where that is right.

    `code` is one of the second factor of an account that has one.
    """

    username: Annotated[str, Field(max_length=150), AfterValidator(_without_nul)]
    password: str = Field(max_length=1000)
    new_password: Annotated[str, Field(max_length=1000), AfterValidator(_without_nul)] | None = None
    code: Annotated[str, Field(max_length=40), AfterValidator(_without_nul)] | None = None
    device: UUID
    key: PublicKey | None = None


class AskInvitation(Schema):
    """The secret of an invitation's link."""

    token: str = Field(max_length=100)


class InvitationOut(Schema):
    """Whom an invitation is for, and until when it may be used."""

    username: str
    name: str
    role: Role
    register_name: str
    expires_at: UtcMoment


class Redeem(ToldByApp):
    """The secret of an invitation's link, the password that the person has chosen, and the device they are at."""

    token: str = Field(max_length=100)
    password: Annotated[str, Field(max_length=1000), AfterValidator(_without_nul)]
    device: UUID
    key: PublicKey | None = None


class NewKey(Schema):
    """The public half of the account's key on a device, for the server to certify."""

    key: PublicKey
    device: UUID


class SignOut(Schema):
    """The token that stays with the device."""

    refresh: str = Field(max_length=200)


class RefreshToken(ToldByApp):
    """The token that stays with the device."""

    refresh: str = Field(max_length=200)


class AccountOut(Schema):
    """Who is signed in. `id` never changes; `former_names` are those that the account bore before `username`."""

    id: UUID
    username: str
    former_names: list[str]
    name: str
    role: Role


class SessionOut(Schema):
    """Tokens of one account on one device; `expires_in` seconds for `access`.

    `certificate` is that of the key that was sent along; null where none was, or it is refused.
    """

    access: str
    expires_in: int
    refresh: str
    account: AccountOut
    certificate: str | None

    @classmethod
    def of(cls, tokens: Tokens, certificate: str | None = None) -> SessionOut:
        """What the device gets for these tokens."""
        user: User = tokens.user
        return cls(
            access=tokens.access,
            expires_in=int(ACCESS_LIFE.total_seconds()),
            refresh=tokens.refresh,
            account=AccountOut(
                id=user.uuid,
                username=user.username,
                former_names=[name for name in user.borne_names if name != user.username],
                name=user.name,
                role=Role(user.role),
            ),
            certificate=certificate,
        )


class OpenSessionOut(Schema):
    """Where an account is signed in: a device, and what its app told when it was heard of last; `this` is who asks."""

    device: UUID
    this: bool
    app: str | None
    waiting: int | None
    opened_at: UtcMoment
    heard_at: UtcMoment

    @classmethod
    def of(cls, session: DeviceSession, here: UUID) -> OpenSessionOut:
        """What the device `here` is told of a session."""
        return cls(
            device=session.device,
            this=session.device == here,
            app=session.app_version or None,
            waiting=session.waiting,
            opened_at=rfc3339(session.signed_in_at),
            heard_at=rfc3339(session.refreshed_at),
        )


MOST_SESSIONS = 500
"""So many of an account's sessions are told: those that were heard of last."""


class OwnSessions(Schema):
    """Where the account is signed in, on devices."""

    sessions: Annotated[list[OpenSessionOut], Field(max_length=MOST_SESSIONS)]


class EndSessions(Schema):
    """On which other device the account's session shall end, null for all others; and the account's password again."""

    password: str = Field(max_length=1000)
    device: UUID | None


class EndedSessions(Schema):
    """How many sessions have ended by this."""

    ended: int


class CertificateOfKey(Schema):
    """The register's word that a key is this account's on a device; null where the register has no key to sign with."""

    certificate: str | None


class FileState(Schema):
    """Whether a file of a record has arrived."""

    sha256: Sha256
    stored: bool


class RecordReceipt(Schema):
    """RECEIPT: the record is stored."""

    id: UUID
    sha256: Sha256
    prev: Sha256 | None
    received_at: UtcMoment
    files: list[FileState]
    jws: str | None


class FileReceipt(Schema):
    """How much of a file has arrived: `offset` bytes of `size`."""

    id: UUID
    sha256: Sha256
    size: int
    offset: int
    stored: bool


class ErasedPart(Schema):
    """ERASED: what was removed from a record, when, and on which ground."""

    what: Literal["contact", "names", "position", "text", "photos"]
    at: UtcMoment
    ground: Literal["time", "request", "office"]


class SentRecord(Schema):
    """A record that this account has sent, from any device."""

    kind: str
    id: UUID
    sha256: Sha256
    device: UUID
    received_at: UtcMoment
    signature: str | None
    files: list[FileState]
    body: Record | Report | Inspection | Round | Audit | Answer | Note
    erased: list[ErasedPart]

    @staticmethod
    def document(
        kind: str, record: Any, body: dict[str, Any], signature: str | None, erased: list[dict[str, str]]
    ) -> dict[str, Any]:
        """As plain JSON, with the record as it was sent but for what was removed since."""
        return {
            "kind": kind,
            "id": str(record.pk),
            "sha256": record.sha256,
            "device": str(record.device),
            "received_at": rfc3339(record.received_at),
            "signature": signature,
            "files": [file.receipt() for file in record.files.all()],
            "body": body,
            "erased": erased,
        }


class EventOut(Schema):
    """EVENT: what the office says of a record."""

    id: UUID
    kind: str
    record: UUID
    at: UtcMoment
    state: Literal["received", "reviewing", "more_wanted", "decided", "closed"]
    text: str
    number: str | None

    @staticmethod
    def document(event: Event) -> dict[str, Any]:
        """As plain JSON."""
        return {
            "id": str(event.pk),
            "kind": event.kind,
            "record": str(event.record),
            "at": rfc3339(event.at),
            "state": event.state,
            "text": event.text,
            "number": event.number or None,
        }


class KeyOfProof(Schema):
    """The key that signed a record."""

    kid: str
    revoked_at: UtcMoment | None


class PartsOfProof(Schema):
    """What is held of the records that one names: how many have not arrived, are others, were corrected since."""

    missing: int
    differing: int
    corrected: int


class ProofOut(Schema):
    """What the server holds under an id, for whoever has the record's hash."""

    id: UUID
    state: Literal["matches", "differs", "not_arrived"]
    kind: str | None
    received_at: UtcMoment | None
    key: KeyOfProof | None
    chain: Literal["whole", "gap", "fork"] | None
    erased_at: UtcMoment | None
    erased: list[ErasedPart] | None
    corrected_at: UtcMoment | None
    parts: PartsOfProof | None
    clock_set_back: bool | None


class GuidedProduct(Schema):
    """A product that is worth a visit."""

    gtin: Gtin14
    reasons: list[Literal["suspected", "reported", "never_seen", "not_visited"]]
    last_seen: Day | None
    reports: int


class GuidedPlace(Schema):
    """A place of rounds, or a commune that reports name."""

    name: str
    commune: str | None
    last_visit: Day | None
    reports: int


class Guidance(Schema):
    """GUIDANCE: what a round may be planned by."""

    products: Annotated[list[GuidedProduct], Field(max_length=20_000)]
    places: Annotated[list[GuidedPlace], Field(max_length=5_000)]
    more: bool


class ReportState(Schema):
    """What became of a report."""

    id: UUID
    received_at: UtcMoment
    state: Literal["received", "reviewing", "more_wanted", "decided", "closed"]
    events: list[EventOut]


class SentRecords(Schema):
    """One page of records, and of events."""

    records: list[SentRecord]
    events: list[EventOut]
    next_cursor: str
    more: bool


class Receipt(Schema):
    """RECEIPT of a note as version 0.1.0 knows it."""

    id: UUID
    sha256: Sha256
    received_at: UtcMoment
    photos: list[FileState]

    @classmethod
    def of(cls, note: Any) -> Receipt:
        """The receipt for a stored note."""
        return cls(
            id=note.pk,
            sha256=note.sha256,
            received_at=rfc3339(note.received_at),
            photos=[FileState(**photo.receipt()) for photo in note.files.all()],
        )


class PhotoReceipt(Schema):
    """The photo is stored."""

    id: UUID
    sha256: Sha256
    size: int


class SentInspection(Schema):
    """A note that this account has sent, from any device, as version 0.1.0 knows it."""

    id: UUID
    sha256: Sha256
    device: UUID
    received_at: UtcMoment
    photos: list[FileState]
    state: Literal["received"]
    body: Note

    @staticmethod
    def document(note: Any, body: dict[str, Any]) -> dict[str, Any]:
        """As plain JSON, with the note as it was sent."""
        return {
            "id": str(note.pk),
            "sha256": note.sha256,
            "device": str(note.device),
            "received_at": rfc3339(note.received_at),
            "photos": [photo.receipt() for photo in note.files.all()],
            "state": "received",
            "body": body,
        }


class SentInspections(Schema):
    """One page of notes."""

    inspections: list[SentInspection]
    next_cursor: str
    more: bool
