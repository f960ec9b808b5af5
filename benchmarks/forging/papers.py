"""What is done to a PDF, to the code on a paper, and with keys."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import uuid
from dataclasses import replace

import requests
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from benchmarks.forging.changes import (
    Stranger,
    manifest_of,
    unpad,
    with_file,
    with_manifest,
    with_other_words,
    without_seal,
)
from benchmarks.forging.town import COLLEAGUE, INSPECTOR, Told, Town, link_of, phone_of
from services.papers.file_form import sealed
from services.papers.paper import paper_link
from services.papers.trust import padless
from services.records.chain import signature_of
from tests.support.closed_rounds import photo


def as_it_was_made(town: Town) -> Told:
    with phone_of(town) as phone:
        closed = phone.round()
        phone.send()
        return town.told(phone, closed)


def before_it_was_sent(town: Town) -> Told:
    with phone_of(town) as phone:
        phone.offline()
        closed = phone.round()
        return town.told(phone, closed)


def one_byte_of_the_round(town: Town) -> Told:
    with phone_of(town) as phone:
        closed = phone.round()
        phone.send()
        altered = with_file(
            phone.pdf(closed), 0, lambda content: content.replace(b"Trang", b"Trong").replace(b"12", b"13", 1)
        )
        told = town.told(phone, closed, altered)
        sha256 = hashlib.sha256(closed.canonical().replace(b"12", b"13", 1)).hexdigest()
        return replace(told, page=[*told.page, town.proof(closed.id, sha256)])


def one_byte_of_an_inspection(town: Town) -> Told:
    with phone_of(town) as phone:
        closed = phone.round()
        phone.send()
        return town.told(
            phone, closed, with_file(phone.pdf(closed), 2, lambda c: c.replace(b'"matches"', b'"no_papers"'))
        )


def one_byte_of_the_file(town: Town) -> Told:
    """Within a packed attachment, which then cannot be unpacked."""
    with phone_of(town) as phone:
        closed = phone.round()
        phone.send()
        pdf = bytearray(phone.pdf(closed))
        found = re.search(rb"/Type /EmbeddedFile", bytes(pdf))
        assert found
        pdf[pdf.index(b"stream\n", found.end()) + 60] ^= 1
        return town.told(phone, closed, bytes(pdf))


def words_changed_and_sealed_anew(town: Town) -> Told:
    with phone_of(town) as phone:
        closed = phone.round()
        phone.send()
        return town.told(phone, closed, sealed(with_other_words(without_seal(phone.pdf(closed))), Stranger()))


def words_changed_and_sealed_by_a_colleague(town: Town) -> Told:
    with phone_of(town) as phone, phone_of(town, COLLEAGUE) as other:
        closed = phone.round()
        phone.send()
        pdf = with_other_words(without_seal(phone.pdf(closed)))
        key = other.device.accounts.signing_key(other.device.accounts.viewer.account or "", other.device.id)
        assert key
        certificate = key.certificate([town.server.url])
        both = manifest_of(pdf).certificates | {key.kid: certificate}
        return town.told(phone, closed, sealed(with_manifest(pdf, certificates=both), key))


def anothers_code_on_the_paper(town: Town) -> Told:
    with phone_of(town) as phone:
        closed, other = phone.round(), phone.round(1)
        phone.send()
        told = town.told(phone, closed, phone.pdf(closed), link_of(phone, other))
        return replace(
            told, page=[*town.page(link_of(phone, other)), f"shows the id {other.id[:8]}…, its day and counts"]
        )


def anothers_code_in_the_file(town: Town) -> Told:
    with phone_of(town) as phone:
        closed, other = phone.round(), phone.round(1)
        phone.send()
        pdf = with_manifest(without_seal(phone.pdf(closed)), link=link_of(phone, other))
        return replace(town.told(phone, closed, pdf), page=town.page(link_of(phone, closed)))


def other_numbers_in_the_code(town: Town) -> Told:
    """Signed by the inspector's own key."""
    with phone_of(town) as phone:
        closed = phone.round()
        phone.send()
        link = link_of(phone, closed, products=9)
        return town.told(phone, closed, with_manifest(without_seal(phone.pdf(closed)), link=link))


def code_signed_by_a_colleague(town: Town) -> Told:
    with phone_of(town) as phone, phone_of(town, COLLEAGUE) as other:
        closed = phone.round()
        phone.send()
        _key, facts = phone.paper(closed)
        key = other.device.accounts.signing_key(other.device.accounts.viewer.account or "", other.device.id)
        assert key
        link = paper_link(town.server.url, facts, key, key.certificate([town.server.url]))
        return town.told(phone, closed, with_manifest(without_seal(phone.pdf(closed)), link=link))


def certificate_from_outside_its_issuers_days(town: Town) -> Told:
    with phone_of(town) as phone:
        closed = phone.round()
        phone.send()
        (path,) = (town.server.data / "issuer-keys").glob("*.pem")
        issuer = load_pem_private_key(path.read_bytes(), None)
        assert isinstance(issuer, Ed25519PrivateKey)
        key, account = Stranger(), json.loads(unpad(next(iter(manifest_of(phone.pdf(closed)).certificates.values()))))
        claims = account | {"kid": key.kid, "key": padless(key.public), "iat": 946_684_800}
        parts = [padless(rfc8785.dumps(part)) for part in ({"alg": "EdDSA", "kid": path.stem}, claims)]
        token = ".".join([*parts, padless(issuer.sign(".".join(parts).encode()))])
        link = paper_link(town.server.url, phone.paper(closed)[1], key, token)
        signatures = {closed.sha256: signature_of(closed, key)}
        pdf = with_manifest(
            without_seal(phone.pdf(closed)), link=link, signatures=signatures, certificates={key.kid: token}
        )
        return town.told(phone, closed, pdf)


def signed_with_the_key_of_another_device(town: Town) -> Told:
    """A session of one device sends a record that the same account's key of another device has signed."""
    with phone_of(town) as phone, phone_of(town) as tablet:
        closed = phone.round(1)
        key = tablet.device.accounts.signing_key(tablet.device.accounts.viewer.account or "", tablet.device.id)
        assert key
        credentials = {"username": INSPECTOR[0], "password": INSPECTOR[1], "device": tablet.device.id}
        signed_in = requests.post(f"{town.server.url}/api/v1/auth/sign-in", json=credentials, timeout=30).json()
        body = rfc8785.dumps(closed.body | {"id": (other := str(uuid.uuid4()))})
        sha256 = hashlib.sha256(body)
        signature = padless(key.sign(b"ocop-record\n" + sha256.hexdigest().encode()))
        answer = requests.put(
            f"{town.server.url}/api/v1/records/round/{other}",
            body,
            headers={
                "Authorization": f"Bearer {signed_in['access']}",
                "Content-Type": "application/json",
                "Content-Digest": f"sha-256=:{base64.b64encode(sha256.digest()).decode()}:",
                "Record-Signature": f"{key.kid};{signature}",
            },
            timeout=30,
        ).json()
        phone.send()
        own = with_manifest(
            without_seal(phone.pdf(closed)),
            signatures={closed.sha256: signature_of(closed, key)},
            certificates={key.kid: key.certificate([town.server.url])},
            link=None,
        )
        told = town.told(phone, closed, own)
        return replace(told, page=[f"PUT /records: {answer['error']}: {answer['detail']}"], office=["not stored"])


def photo_swapped_in_the_file(town: Town) -> Told:
    with phone_of(town) as phone:
        closed = phone.round()
        phone.send()
        pdf = phone.pdf(closed)
        found = re.search(rb"\xff\xd8\xff.*?\nendstream", pdf, re.DOTALL)
        assert found
        mine, other = found[0].removesuffix(b"\nendstream"), photo(99, (320, 240))
        swapped = pdf.replace(b"/Length %d" % len(mine), b"/Length %d" % len(other)).replace(mine, other)
        return town.told(phone, closed, swapped)


def receipt_of_another_record(town: Town) -> Told:
    with phone_of(town) as phone:
        closed, other = phone.round(1), phone.round(1)
        phone.send()
        receipts = {closed.sha256: manifest_of(phone.pdf(other)).receipts[other.sha256]}
        return town.told(phone, closed, with_manifest(without_seal(phone.pdf(closed)), receipts=receipts))
