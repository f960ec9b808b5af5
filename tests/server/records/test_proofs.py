"""Keys, signatures, chains and papers: whatever was altered, dropped, forked or revoked is found and named."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.test import Client
from django.utils import timezone
from jwt.api_jws import PyJWS
from registry_notes import Sender, error_of, sha256

from accounts.models import DeviceKey, Role, User
from api.schemas import ProofOut
from issuing import keys
from records.device_keys import revoke
from records.models import Break, Link

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Sender]
PASSWORD = "mat-khau-dai-01"


def padless(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


@dataclass
class Phone:
    """A device of one account, with a key that it made."""

    sender: Sender
    private: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    certificate: str | None = None

    @property
    def public(self) -> str:
        return padless(self.private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))

    @property
    def kid(self) -> str:
        return hashlib.sha256(base64.urlsafe_b64decode(self.public + "=")).hexdigest()[:32]

    def sign_in(self, username: str, password: str) -> dict[str, Any]:
        credentials = {"username": username, "password": password, "device": self.sender.device}
        answer = self.sender.post("/api/v1/auth/sign-in", {**credentials, "key": self.public})
        assert answer.status_code == 200, answer.content
        self.sender.tokens = answer.json()
        self.certificate = self.sender.tokens["certificate"]
        return self.sender.tokens

    def certify(self, key: str | None = None) -> Answer:
        return self.sender.client.post(
            "/api/v1/auth/key",
            {"key": key or self.public, "device": self.sender.device},
            content_type="application/json",
            headers=self.sender.headers(),
        )

    def signature(self, document: dict[str, Any]) -> str:
        message = b"ocop-record\n" + sha256(rfc8785.dumps(document)).encode()
        return f"{self.kid};{padless(self.private.sign(message))}"

    def made(self, prev: dict[str, Any] | None = None, **changed: Any) -> dict[str, Any]:
        return self.sender.record("round", prev=prev and sha256(rfc8785.dumps(prev)), **changed)

    def put(self, document: dict[str, Any], signature: str | None = None) -> Answer:
        return self.sender.put_record(
            document["kind"],
            document,
            **{"Record-Signature": self.signature(document) if signature is None else signature},
        )

    def sent(self, prev: dict[str, Any] | None = None) -> dict[str, Any]:
        document = self.made(prev)
        answer = self.put(document)
        assert answer.status_code == 201, answer.content
        return document

    def paper(self, document: dict[str, Any], **changed: Any) -> dict[str, Any]:
        """PAPER of docs/api.md, whose members may be changed after it was signed."""
        facts = {"v": 1, "hash": sha256(rfc8785.dumps(document)), "day": "2026-11-23"}
        facts |= {"products": 3, "findings": 2, "photos": 5}
        signed = self.private.sign(b"ocop-paper\n" + rfc8785.dumps({**facts, "id": document["id"]}))
        return {**facts, "kid": self.kid, "sig": padless(signed), "cert": self.certificate, **changed}


@pytest.fixture
def sign_in(db: None) -> SignIn:
    """Sign an account in; without the sample register, which costs more than all that is tested here."""
    for name, role in (("kiemtra01", Role.INSPECTOR), ("kiemtra02", Role.INSPECTOR), ("quantri", Role.ADMINISTRATOR)):
        User.objects.create_user(name, password=PASSWORD, name=f"Cán bộ {name}", role=role)

    def signed_in(username: str) -> Sender:
        sender = Sender(Client(), account=username)
        credentials = {"username": username, "password": PASSWORD, "device": sender.device}
        sender.tokens = sender.post("/api/v1/auth/sign-in", credentials).json()
        return sender

    return signed_in


@pytest.fixture
def issuer(db: None, settings: Any, tmp_path: Path) -> keys.IssuerKey:
    settings.ISSUER_KEYS = tmp_path / "keys"
    return keys.rotate()


@pytest.fixture
def phone(sign_in: SignIn, issuer: keys.IssuerKey) -> Phone:
    phone = Phone(Sender(Client(), account="kiemtra01"))
    phone.sign_in("kiemtra01", PASSWORD)
    return phone


def proof(document: dict[str, Any]) -> dict[str, Any]:
    """What anybody is told who has the record."""
    answer = Client().get(f"/api/v1/proofs/{document['id']}?hash={sha256(rfc8785.dumps(document))}")
    assert answer.status_code == 200, answer.content
    found: dict[str, Any] = answer.json()
    assert ProofOut.model_validate(found).model_dump(mode="json") == found
    return found


def told(document: dict[str, Any]) -> tuple[str, str | None]:
    found = proof(document)
    return found["state"], found["chain"]


def page_of(document: dict[str, Any], paper: dict[str, Any], language: str = "vi", status: int = 200) -> str:
    code = padless(rfc8785.dumps(paper))
    answer = Client().get(f"/proof/{document['id']}?p={code}&lang={language}")
    assert answer.status_code == status
    assert answer.headers["X-Robots-Tag"] == "noindex"
    return answer.content.decode()


# Keys


def test_a_key_is_certified_at_sign_in_in_words_that_anybody_can_check(phone: Phone, issuer: keys.IssuerKey) -> None:
    assert phone.certificate
    said = json.loads(PyJWS().decode(phone.certificate, keys.public_key(issuer), algorithms=["EdDSA"]))
    user = User.objects.get(username="kiemtra01")
    assert isinstance(said.pop("iat"), int)
    assert said == {
        "use": "device",
        "kid": phone.kid,
        "key": phone.public,
        "device": phone.sender.device,
        "account": str(user.uuid),
        "name": user.name,
    }
    stored = DeviceKey.objects.get()
    assert (stored.kid, stored.user, str(stored.device)) == (phone.kid, user, phone.sender.device)


def test_an_app_that_has_no_key_signs_in_and_sends_as_before(issuer: keys.IssuerKey, sign_in: SignIn) -> None:
    sender = sign_in("kiemtra01")
    assert sender.tokens["certificate"] is None
    document = sender.record("round")
    assert sender.put_record("round", document).status_code == 201
    assert proof(document) | {"received_at": None} == {
        "id": document["id"],
        "state": "matches",
        "kind": "round",
        "received_at": None,
        "key": None,
        "chain": "whole",
        "erased_at": None,
        "erased": [],
        "corrected_at": None,
        "parts": {"missing": 0, "differing": 0, "corrected": 0},
        "clock_set_back": False,
    }


def test_a_session_that_is_open_already_has_a_key_certified(sign_in: SignIn, issuer: keys.IssuerKey) -> None:
    phone = Phone(sign_in("kiemtra01"))
    answer = phone.certify()
    assert answer.status_code == 200
    assert answer.json()["certificate"].count(".") == 2
    assert phone.certify().status_code == 200, "the same once more"
    stranger = Phone(sign_in("kiemtra02"), phone.private)
    assert error_of(stranger.certify()) == (409, "key_refused"), "it is another account's"
    for nonsense in ("A" * 42, "A" * 44, "A" * 42 + "B", "=" * 43):
        assert error_of(phone.certify(nonsense)) == (400, "bad_request"), nonsense


def test_a_register_without_a_key_of_its_own_knows_the_devices_all_the_same(
    sign_in: SignIn, settings: Any, tmp_path: Path
) -> None:
    settings.ISSUER_KEYS = tmp_path / "none"
    phone = Phone(sign_in("kiemtra01"))
    assert phone.certify().json() == {"certificate": None}
    assert told(phone.sent()) == ("matches", "whole")


def test_a_revoked_key_is_told_to_devices_and_ends_the_session(phone: Phone) -> None:
    document = phone.sent()
    assert Client().get("/api/v1/snapshot").json()["register"]["revoked_keys"] == []
    cursor = Client().get("/api/v1/changes").json()["next_cursor"]
    revoke(phone.kid, "Mất điện thoại")
    (revoked,) = Client().get(f"/api/v1/changes?cursor={cursor}").json()["register"]["revoked_keys"]
    assert revoked["kid"] == phone.kid
    assert proof(document)["key"] == {"kid": phone.kid, "revoked_at": revoked["at"]}
    assert error_of(phone.put(phone.made(document))) == (401, "not_signed_in")
    # whoever has the phone and the password gets no certificate for the old key; what waited is taken, and told
    assert phone.sign_in("kiemtra01", PASSWORD)["certificate"] is None
    assert error_of(phone.certify()) == (409, "key_refused")
    late = phone.sent(document)
    assert proof(late)["key"]["revoked_at"] == revoked["at"]
    with pytest.raises(DeviceKey.DoesNotExist):
        revoke(phone.kid, "Lần nữa")


# Signatures


def test_a_signature_is_kept_and_given_back(phone: Phone) -> None:
    document = phone.sent()
    note = phone.sender.record("note")
    answer = phone.sender.put_record("note", note, **{"Record-Signature": phone.signature(note)})
    assert answer.status_code == 201
    rows = phone.sender.get("/api/v1/records").json()["records"]
    assert {row["id"]: row["signature"] for row in rows} == {
        document["id"]: phone.signature(document),
        note["id"]: phone.signature(note),
    }
    assert not Break.objects.exists()


def test_a_record_of_a_device_with_a_key_needs_its_signature(phone: Phone, sign_in: SignIn) -> None:
    document = phone.made()
    right = phone.signature(document)
    altered = right[:-20] + ("B" if right[-20] == "A" else "A") + right[-19:]
    for wrong in ("", "x", phone.signature(phone.made()), altered):
        assert error_of(phone.put(document, wrong)) == (400, "bad_signature"), wrong
    other = Phone(sign_in("kiemtra02"))
    other.certify()
    assert error_of(phone.put(document, other.signature(document))) == (400, "bad_signature"), "another account's key"
    unknown = Phone(phone.sender)
    assert error_of(phone.put(document, unknown.signature(document))) == (400, "unknown_key")
    assert not Link.objects.exists()
    assert phone.put(document).status_code == 201
    assert phone.put(document, "").status_code == 200, "what is here is confirmed once more without"
    # a note of the form that has no place in a chain needs none
    assert phone.sender.put_record("note", phone.sender.record("note")).status_code == 201


def test_a_record_that_came_without_a_signature_gets_it_later(sign_in: SignIn, issuer: keys.IssuerKey) -> None:
    phone = Phone(sign_in("kiemtra01"))
    document = phone.made()
    assert phone.put(document, "").status_code == 201
    phone.certify()
    assert phone.put(document).status_code == 200
    assert proof(document)["key"] == {"kid": phone.kid, "revoked_at": None}
    assert told(phone.sent(document)) == ("matches", "whole")


# What is found, and how it is named (docs/records.md)


def test_a_record_altered_in_one_byte(phone: Phone) -> None:
    document = phone.sent()
    altered = {**document, "remarks": document["remarks"].replace("h", "k", 1)}
    assert error_of(phone.put(altered, phone.signature(document))) == (400, "bad_signature")
    assert error_of(phone.put(altered)) == (409, "id_taken")
    assert told(altered) == ("differs", None)
    assert told(document) == ("matches", "whole")
    assert told(phone.made()) == ("not_arrived", None)


def test_a_record_dropped_from_the_chain(phone: Phone) -> None:
    first = phone.sent()
    dropped = phone.made(first)
    last = phone.sent(dropped)
    assert told(last) == ("matches", "gap")
    found = Break.objects.get()
    assert (found.what, str(found.link.record), found.other, found.mended_at) == ("gap", last["id"], None, None)
    assert phone.put(dropped).status_code == 201, "it had only been late"
    assert [told(each) for each in (first, dropped, last)] == [("matches", "whole")] * 3
    assert Break.objects.get().mended_at is not None


def test_a_chain_forked(phone: Phone) -> None:
    first = phone.sent()
    one, other = phone.sent(first), phone.sent(first)
    assert [told(each) for each in (first, one, other)] == [
        ("matches", "whole"),
        ("matches", "fork"),
        ("matches", "fork"),
    ]
    found = Break.objects.get()
    assert found.other
    assert (found.what, str(found.link.record), str(found.other.record)) == ("fork", other["id"], one["id"])
    # it goes on after either, and that is told once
    assert told(phone.sent(other)) == ("matches", "whole")
    assert phone.put(other).status_code == 200
    assert Break.objects.count() == 1


def test_two_first_records_of_one_key_are_a_fork_and_those_of_two_devices_are_none(
    phone: Phone, sign_in: SignIn
) -> None:
    phone.sent()
    tablet = Phone(sign_in("kiemtra01"))
    tablet.certify()
    tablet.sent()
    assert not Break.objects.exists()
    assert told(phone.sent()) == ("matches", "fork")


def test_a_chain_goes_on_with_the_next_key(phone: Phone) -> None:
    """The key store was emptied: the device's records go on, and the new key's first is no fork either."""
    first = phone.sent()
    renewed = Phone(phone.sender)
    assert renewed.certify().status_code == 200
    assert told(renewed.sent(first)) == ("matches", "whole")
    assert told(Phone(phone.sender, renewed.private).sent(None)) == ("matches", "whole")


def test_a_receipt_signs_the_record_and_the_one_before_it(phone: Phone, issuer: keys.IssuerKey) -> None:
    first = phone.sent()
    receipt = phone.put(phone.made(first)).json()
    said = json.loads(PyJWS().decode(receipt["jws"], keys.public_key(issuer), algorithms=["EdDSA"]))
    assert (said["prev"], said["sha256"]) == (sha256(rfc8785.dumps(first)), receipt["sha256"])


def test_the_office_is_shown_both_records_of_a_fork(phone: Phone, settings: Any) -> None:
    first = phone.sent()
    one, other = phone.sent(first), phone.sent(first)
    office = Client()
    office.force_login(User.objects.get(username="quantri"), settings.AUTHENTICATION_BACKENDS[1])
    page = office.get(f"/admin/records/break/{Break.objects.get().pk}/change/").content.decode()
    for words in (one["id"], other["id"], phone.kid, sha256(rfc8785.dumps(first)), "Hãy hỏi người gửi"):
        assert words in page
    assert "Hai phiếu cùng nối sau một phiếu" in office.get("/admin/records/break/").content.decode()
    address = f"/admin/accounts/devicekey/{phone.kid}/change/"
    assert office.post(address, {"revoked_reason": "Mất máy"}).status_code == 302
    assert DeviceKey.objects.get().revoked_at


# Papers


@pytest.mark.parametrize(
    ("language", "matches", "rest"),
    [("vi", "Khớp với hồ sơ", "chưa được so sánh"), ("en", "Matches the record", "was not compared")],
)
def test_the_page_of_a_paper_says_what_is_held_and_what_was_not_compared(
    phone: Phone, language: str, matches: str, rest: str
) -> None:
    document = phone.sent()
    page = page_of(document, phone.paper(document), language)
    for words in (matches, rest, "Cán bộ kiemtra01", document["id"], "noindex", "<dd>5</dd>"):
        assert words in page
    assert "Nguyễn Thị Hoa" not in page, "nothing of the record itself"


def test_a_paper_whose_record_has_not_arrived_is_not_blamed(phone: Phone) -> None:
    document = phone.made()
    page = page_of(document, phone.paper(document))
    assert "chưa tới sổ đăng ký" in page
    assert "không có nghĩa là giấy giả" in page
    assert 'class="band stop"' not in page


@pytest.mark.parametrize(
    "changed",
    [{"products": 4}, {"hash": "a" * 64}, {"day": "2026-11-24"}, {"findings": 0}, {"photos": 6}, {"sig": "A" * 86}],
)
def test_a_paper_changed_after_it_was_signed(phone: Phone, changed: dict[str, Any]) -> None:
    document = phone.sent()
    page = page_of(document, phone.paper(document, **changed))
    assert "không phải là số liệu đã ký" in page
    assert "Khớp với" not in page
    assert "Mã ghi, không được chứng minh" in page


def test_a_paper_with_anothers_code(phone: Phone) -> None:
    mine, others = phone.sent(), phone.made()
    assert "không phải là số liệu đã ký" in page_of(mine, phone.paper(others)), "the id is signed with the facts"
    # a whole code of another round tells that round's numbers, to be compared with the paper
    assert others["id"] in page_of(others, phone.paper(others))


def test_a_paper_of_other_content_under_the_same_id(phone: Phone) -> None:
    document = phone.sent()
    page = page_of(document, phone.paper({**document, "remarks": "Khác"}))
    assert "Khác với hồ sơ mà sổ đăng ký đang giữ" in page
    assert 'class="band stop"' in page


def test_a_paper_signed_by_nobody_that_is_known(phone: Phone, sign_in: SignIn) -> None:
    document = phone.sent()
    stranger = Phone(phone.sender)
    page = page_of(document, stranger.paper(document, cert=phone.certificate))
    assert "Không biết ai đã ký" in page
    assert "Khớp với" not in page
    for forged in ("a.b.c", padless(b"[" * 1500) + ".e30." + "A" * 86):
        assert "Không biết ai đã ký" in page_of(document, stranger.paper(document, cert=forged))


@pytest.mark.parametrize("header", ["[]", '{"alg":"EdDSA"}', '{"alg":"EdDSA","kid":"\\u0000"}', "\x00"])
def test_a_certificate_that_is_none_proves_nothing(phone: Phone, header: str) -> None:
    """Such a code is made by anybody, with a key of their own."""
    document = phone.made()
    certificate = ".".join(padless(part) for part in (header.encode(), b"{}", bytes(64)))
    assert "Không biết ai đã ký" in page_of(document, Phone(phone.sender).paper(document, cert=certificate))


def test_a_paper_whose_key_was_revoked(phone: Phone) -> None:
    document = phone.sent()
    revoke(phone.kid, "Mất điện thoại")
    page = page_of(document, phone.paper(document))
    assert "đã bị thu hồi" in page
    assert "Khóa bị thu hồi lúc" in page
    assert "Khớp với" in page, "what is held is told all the same"


def test_a_paper_says_where_the_chain_is_broken(phone: Phone) -> None:
    first = phone.sent()
    gap = phone.sent(phone.made(first))
    assert "Hồ sơ liền trước chưa tới" in page_of(gap, phone.paper(gap))
    phone.sent(first)
    fork = phone.sent(first)
    assert "Có hai hồ sơ cùng nối sau một hồ sơ" in page_of(fork, phone.paper(fork))


def test_a_server_that_lost_the_key_believes_the_registers_own_certificate(phone: Phone) -> None:
    document = phone.made()
    paper = phone.paper(document)
    DeviceKey.objects.all().delete()
    assert "Chữ ký của mã đúng" in page_of(document, paper)
    keys.revoke(keys.IssuerKey.objects.get().kid, "Lộ khóa")
    assert "Không biết ai đã ký" in page_of(document, paper)


@pytest.mark.parametrize("code", ["", "x", "e30", padless(b'{"v": 1}'), "A" * 5000, "%20", padless(b"[" * 3000)])
def test_what_is_no_code_of_a_paper_is_asked_for_again(phone: Phone, code: str) -> None:
    answer = Client().get(f"/proof/{phone.made()['id']}?p={code}")
    assert answer.status_code == 404
    assert "Không đọc được mã trên giấy" in answer.content.decode()
    assert Client().get("/proof/x?p=e30").status_code == 404


@pytest.mark.parametrize(
    "changed", [{"v": 2}, {"products": "3"}, {"hash": "x"}, {"day": "23/11"}, {"more": 1}, {"kid": "\0"}]
)
def test_a_code_of_another_form_is_not_guessed_at(phone: Phone, changed: dict[str, Any]) -> None:
    document = phone.made()
    assert "Không đọc được mã trên giấy" in page_of(document, phone.paper(document, **changed), status=404)


def test_the_call_for_proofs_wants_a_whole_id_and_hash(phone: Phone) -> None:
    document = phone.sent()
    for address in ("x?hash=" + "a" * 64, document["id"], document["id"] + "?hash=x"):
        assert error_of(Client().get(f"/api/v1/proofs/{address}")) == (400, "bad_request"), address
    found = proof(document)
    assert datetime.fromisoformat(found["received_at"]).tzinfo
    assert (found["kind"], found["erased_at"]) == ("round", None)
    # notes and reports are nobody's business
    note = phone.sender.record("note")
    phone.sender.put_record("note", note, **{"Record-Signature": phone.signature(note)})
    assert told(note) == ("not_arrived", None)


def facts_of(*inspections: dict[str, Any]) -> dict[str, Any]:
    findings = [finding for each in inspections for finding in each["findings"] if finding != "matches"]
    photos = [photo for each in inspections for photo in each["photos"]]
    return {"products": len(inspections), "findings": len(findings), "photos": len(photos)}


def sent_round(phone: Phone, *, only: int = 2, at: str = "2026-11-23T09:00:00Z") -> tuple[dict[str, Any], Any]:
    """A round of two inspections, of which so many are sent; and its paper, signed by any key."""
    round_id = str(uuid4())
    first = phone.sender.record("inspection", round=round_id)
    second = phone.sender.record("inspection", round=round_id, prev=sha256(rfc8785.dumps(first)))
    named = [{"id": each["id"], "sha256": sha256(rfc8785.dumps(each))} for each in (first, second)]
    document = phone.made(second, id=round_id, inspections=named, created_at=at, closed_at=at)
    for each in [*[first, second][:only], document]:
        assert phone.put(each).status_code == 201
    day = datetime.fromisoformat(document["closed_at"]).date().isoformat()

    def paper(by: Phone = phone, **changed: Any) -> str:
        facts = {"v": 1, "hash": sha256(rfc8785.dumps(document)), "day": day, **facts_of(first, second), **changed}
        signed = by.private.sign(b"ocop-paper\n" + rfc8785.dumps({**facts, "id": round_id}))
        return page_of(document, {**facts, "kid": by.kid, "sig": padless(signed), "cert": by.certificate})

    return document, paper


def test_a_key_signs_for_its_own_device_alone(sign_in: SignIn, issuer: keys.IssuerKey) -> None:
    phone, tablet = Phone(sign_in("kiemtra01")), Phone(sign_in("kiemtra01"))
    document = tablet.made()
    for each in (phone, tablet):
        assert each.certify().status_code == 200
    assert error_of(phone.put(document, phone.signature(document))) == (400, "bad_signature")
    keyless = Phone(sign_in("kiemtra01"))
    assert error_of(keyless.put(document, "")) == (400, "bad_signature"), "the record's device has a key"
    assert phone.put(document, tablet.signature(document)).status_code == 201, "an account brings back what waits"


def test_a_page_holds_the_codes_numbers_and_key_against_the_record(phone: Phone, sign_in: SignIn) -> None:
    _document, paper = sent_round(phone)
    assert "Số liệu trong mã khác" not in paper()
    assert "Khớp với hồ sơ" in paper()
    for changed in ({"products": 3}, {"findings": 9}, {"photos": 1}, {"day": "2026-11-24"}):
        assert "Số liệu trong mã khác với hồ sơ đang giữ" in paper(**changed)
    tablet, colleague = Phone(sign_in("kiemtra01")), Phone(sign_in("kiemtra02"))
    for other in (tablet, colleague):
        other.certify()
        page = paper(other)
        assert "khóa của người khác hoặc máy khác" in page
        assert "Khớp với hồ sơ" not in page
    DeviceKey.objects.filter(kid=phone.kid).update(revoked_at=timezone.now() + timedelta(days=1))
    assert "bị thu hồi sau khi hồ sơ đã tới" in paper()
    DeviceKey.objects.filter(kid=phone.kid).update(revoked_at=timezone.now() - timedelta(days=1))
    assert "Hồ sơ tới sau khi khóa ký bị thu hồi" in paper()


def test_a_page_says_which_inspections_are_missing_or_were_corrected(phone: Phone) -> None:
    document, paper = sent_round(phone, only=1)
    page = paper(products=9)
    assert "Số phiếu chưa tới: 1" in page
    assert "Số liệu trong mã khác" not in page, "it cannot be known yet"
    assert "Hồ sơ liền trước chưa tới" in page
    assert proof(document)["parts"] == {"missing": 1, "differing": 0, "corrected": 0}
    first = document["inspections"][0]["id"]
    assert phone.put(phone.sender.record("inspection", supersedes=first)).status_code == 201
    assert "Số phiếu đã sửa: 1" in paper()
    other = phone.sender.record("inspection", id=document["inspections"][1]["id"])
    assert phone.put(other).status_code == 201
    assert "Số phiếu khác: 1" in paper()
    again = phone.made(supersedes=document["id"])
    assert phone.put(again).status_code == 201
    assert "đã được thay bằng hồ sơ sau" in paper()
    assert proof(document)["corrected_at"] is not None


@pytest.mark.parametrize(
    ("at", "said", "unsaid"),
    [
        ("2025-11-23T09:00:00Z", ["Đồng hồ của máy đã bị chỉnh lùi", "nhiều ngày"], "ở sau lúc nhận"),
        ("2100-11-23T09:00:00Z", ["Ngày trong mã ở sau lúc nhận"], "chỉnh lùi"),
        ("9999-12-31T23:00:00Z", ["Ngày trong mã ở sau lúc nhận"], "chỉnh lùi"),
    ],
)
def test_a_page_says_what_the_days_tell_of_the_clock(phone: Phone, at: str, said: list[str], unsaid: str) -> None:
    _document, paper = sent_round(phone, at=at)
    page = paper()
    assert [words for words in said if words in page] == said
    assert unsaid not in page


def test_a_record_that_comes_late_is_not_called_set_back(phone: Phone) -> None:
    document, paper = sent_round(phone)
    Link.objects.update(received_at=timezone.now() + timedelta(days=400))
    page = paper()
    assert "trang này không biết điều nào đúng" in page
    assert "chỉnh lùi" not in page
    assert proof(document)["clock_set_back"] is False


# The paper of a shelf audit


def audit_paper(phone: Phone, document: dict[str, Any], **changed: Any) -> dict[str, Any]:
    """PAPER of an audit: it counts lines, packs and what is to be taken down."""
    facts: dict[str, Any] = {"v": 1, "hash": sha256(rfc8785.dumps(document)), "day": "2026-11-23"}
    facts |= {"lines": 1, "packs": 12, "take_down": 0} | changed
    signed = phone.private.sign(b"ocop-paper\n" + rfc8785.dumps({**facts, "id": document["id"]}))
    return {**facts, "kid": phone.kid, "sig": padless(signed), "cert": phone.certificate}


def sent_audit(phone: Phone, **changed: Any) -> dict[str, Any]:
    document = phone.sender.record("audit", **changed)
    assert phone.put(document).status_code == 201
    return document


def test_an_audits_paper_names_its_counts_and_nothing_of_what_stood_there(phone: Phone) -> None:
    document = sent_audit(phone, office=False)
    page = page_of(document, audit_paper(phone, document))
    assert "Khớp với hồ sơ" in page
    for words in ("Kiểm tra phiếu kiểm kệ", "<dt>Số dòng</dt><dd>1</dd>", "<dt>Số gói</dt><dd>12</dd>", "cất khỏi kệ"):
        assert words in page, words
    for inside in ("Tạp hóa", "Trà hoa vàng", "Kệ trà"):
        assert inside not in page, inside
    found = proof(document)
    assert (found["state"], found["kind"], found["chain"]) == ("matches", "audit", "whole")


def test_an_audits_paper_that_counts_otherwise_than_the_record_is_told(phone: Phone) -> None:
    document = sent_audit(phone)
    page = page_of(document, audit_paper(phone, document, packs=13))
    assert "Số liệu trong mã khác với hồ sơ đang giữ" in page


def test_audits_stand_in_one_chain_with_the_other_records(phone: Phone) -> None:
    first = phone.sent()
    document = sent_audit(phone, prev=sha256(rfc8785.dumps(first)))
    assert proof(document)["chain"] == "whole"
    forked = sent_audit(phone, prev=sha256(rfc8785.dumps(first)))
    assert proof(forked)["chain"] == "fork"
    gap = sent_audit(phone, prev="0" * 64)
    assert proof(gap)["chain"] == "gap"
    assert error_of(phone.put(phone.sender.record("audit"), ""))[0] == 400, "an account's device signs its audits"


@pytest.mark.parametrize("changed", [{"lines": "1"}, {"products": 3}, {"take_down": None}])
def test_a_code_of_an_audit_in_another_form_is_not_guessed_at(phone: Phone, changed: dict[str, Any]) -> None:
    document = phone.sender.record("audit")
    assert "Không đọc được mã trên giấy" in page_of(document, audit_paper(phone, document, **changed), status=404)
