"""A file of a round is checked without network: each change is found and named, and none where there is none."""

from __future__ import annotations

import io
import json
import re
import zlib
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from fpdf import FPDF

from services.papers.checking import check_pdf
from services.papers.checklists import ListWords
from services.papers.content import Source
from services.papers.faults import Fault, FaultCode, Of
from services.papers.file_form import BadFile, Manifest, carries_record, read_pdf, sealed
from services.papers.making import Cancelled, Proof, attachments, make_pdf
from services.papers.paper import Paper, paper_link
from services.papers.trust import Trust, padless
from services.papers.words import fault_words
from services.records.kind import INSPECTION, ROUND
from services.records.record import Record, seal
from services.rounds.inspection import Inspection
from services.rounds.round import Round
from tests.support.closed_rounds import (
    AT,
    ISSUER,
    ISSUER_KEY,
    SITE,
    TRUST,
    ClosedRound,
    Key,
    certificate,
    closed_round,
    photo,
    signed_by,
    with_proof,
)
from views.paper.signed_record import signed_record
from views.parts.fonts import FOLDER
from views.parts.texts import Texts, assets_folder

FONTS = assets_folder() / FOLDER
PDF = b"%PDF-1.7\n"
VIETNAMESE = Texts("vi")
NO_LISTS = ListWords("", "", {})


def pdf_of(closed: ClosedRound, **other: Any) -> bytes:
    told = {"site": SITE, "proof": closed.proof, "key": closed.key} | other
    return make_pdf(
        closed.round,
        closed.inspections,
        closed.print_copy,
        [Texts("vi")],
        FONTS,
        Source("Quảng Ninh", sample=True),
        lists=lambda _version, _law: NO_LISTS,
        **told,
    ).pdf


def bare(closed: ClosedRound, **other: Any) -> bytes:
    """A file that carries the same and shows nothing, which is made sooner."""
    key, proof = other.get("key", closed.key), closed.proof
    link = None
    if key and (token := proof.certificates.get(key.kid)):
        link = paper_link(SITE, Paper.of(closed.round, closed.inspections), key, token)
    newer = (dict(proof.receipts), dict(proof.earlier), dict(proof.later))
    manifest = Manifest(link, dict(proof.signatures), dict(proof.certificates), {}, *newer)
    pdf = FPDF()
    pdf.add_page()
    for file in attachments(closed.round, closed.inspections, manifest):
        pdf.embed_file(bytes=file.content, basename=file.name, compress=True)
    content = bytes(pdf.output())
    return sealed(content, key) if key else content


@pytest.fixture(scope="module")
def closed() -> ClosedRound:
    return closed_round(2, 1)


@pytest.fixture(scope="module")
def pdf(closed: ClosedRound) -> bytes:
    return pdf_of(closed)


def named(pdf: bytes, trust: Trust = TRUST, **other: Any) -> list[tuple[FaultCode, int]]:
    return [(fault.code, fault.where) for fault in check_pdf(pdf, trust, **other).faults]


def with_file(pdf: bytes, number: int, change: Any) -> bytes:
    """The PDF with an attached file changed (None: taken out), as somebody does who cares about the rest of it.

    0 is the round, then come the inspections, and -1 are the signatures.
    """
    found = list(re.finditer(rb"/Type /EmbeddedFile", pdf))[number]
    start = pdf.index(b"stream\n", found.end()) + 7
    end = pdf.index(b"\nendstream", start)
    if change is None:
        return pdf[: found.start()] + b"/Type /Nothing" + pdf[found.end() :]
    return pdf[:start] + zlib.compress(change(zlib.decompress(pdf[start:end]))) + pdf[end:]


def test_a_file_as_it_was_made_is_whole(closed: ClosedRound, pdf: bytes) -> None:
    checked = check_pdf(pdf, TRUST)
    assert checked.is_whole
    assert checked.round == replace(closed.round, owner_id=None)
    assert [each and each.sha256 for each in checked.inspections] == [each.sha256 for each in closed.inspections]
    assert checked.key is not None
    assert checked.key.name == "Nguyễn Thu Hà"
    assert checked.paper is not None
    assert checked.paper.paper is not None
    assert (checked.paper.paper.products, checked.paper.paper.findings, checked.paper.paper.photos) == (2, 2, 2)


def test_any_byte_that_is_changed_is_found(pdf: bytes) -> None:
    # Every 1999th byte, so that all parts of the file are hit: pages, fonts, pictures, attached files, seal.
    for at in range(7, len(pdf), 1999):
        changed = bytearray(pdf)
        changed[at] ^= 1
        checked = check_pdf(bytes(changed), TRUST)
        assert not checked.is_whole, at
    assert named(pdf[:-3] + b"A\n") != []


def test_an_altered_round_is_named(pdf: bytes) -> None:
    changed = with_file(pdf, 0, lambda content: content.replace("Chợ Cửa Sông".encode(), "Chợ Cửa Biển".encode()))
    assert (FaultCode.ROUND_ALTERED, 0) in named(changed)
    assert (FaultCode.FILE_ALTERED, 0) in named(changed)
    assert (FaultCode.OTHER_PAPER, 0) in named(changed)
    assert (FaultCode.OTHER_CONTENT_SIGNED, 0) in named(changed)


def test_an_altered_inspection_is_named_with_its_number(pdf: bytes) -> None:
    changed = with_file(pdf, 2, lambda content: content.replace(b'"matches"', b'"no_papers"'))
    assert (FaultCode.INSPECTION_ALTERED, 2) in named(changed)
    assert (FaultCode.INSPECTION_MISSING, 2) not in named(changed)


def test_an_inspection_that_was_taken_out_is_named(pdf: bytes) -> None:
    assert (FaultCode.INSPECTION_MISSING, 1) in named(with_file(pdf, 1, None))


def test_an_inspection_that_the_round_does_not_name_is_told(closed: ClosedRound) -> None:
    other = closed_round(3, 0)
    smuggled = replace(closed, inspections=(*closed.inspections, other.inspections[2]))
    assert (FaultCode.INSPECTION_FOREIGN, 0) in named(bare(smuggled))


def test_the_code_of_another_record_is_named(closed: ClosedRound, pdf: bytes) -> None:
    other = read_pdf(bare(closed_round(1, 0))).manifests[0].link

    def swap(content: bytes) -> bytes:
        return rfc8785.dumps(json.loads(content) | {"link": other})

    assert (FaultCode.OTHER_PAPER, 0) in named(with_file(pdf, -1, swap))


def test_a_photo_that_was_swapped_is_named(closed: ClosedRound, pdf: bytes) -> None:
    mine = closed.photos[closed.inspections[1].body["photos"][0]["sha256"]]
    other = photo(99)
    swapped = pdf.replace(b"/Length %d" % len(mine), b"/Length %d" % len(other)).replace(mine, other)
    assert (FaultCode.PHOTO_SWAPPED, 2) in named(swapped)
    assert (FaultCode.PHOTO_SWAPPED, 1) not in named(swapped)


def test_a_file_that_another_program_saved_anew_accuses_nobody(pdf: bytes) -> None:
    pypdfium2 = pytest.importorskip("pypdfium2")
    target = io.BytesIO()
    document = pypdfium2.PdfDocument(pdf)
    document.save(target)
    document.close()
    checked = check_pdf(target.getvalue(), TRUST)
    assert [fault.code for fault in checked.faults] == [FaultCode.NOT_SEALED]
    assert not checked.contradicts


def without_seal(pdf: bytes) -> bytes:
    return pdf[: pdf.rindex(b"%OCOP-SEAL ")]


def test_photos_that_a_program_made_smaller_accuse_nobody(closed: ClosedRound, pdf: bytes) -> None:
    first, second = (closed.photos[each.body["photos"][0]["sha256"]] for each in closed.inspections)
    anew = without_seal(pdf).replace(first, first[:-2] + b"xx")
    assert named(anew) == [(FaultCode.NOT_SEALED, 0), (FaultCode.PHOTO_SAVED_ANEW, 1)]
    assert not check_pdf(anew, TRUST).contradicts
    assert named(anew.replace(second, second[:-2] + b"xx")) == [(FaultCode.NOT_SEALED, 0)]


@pytest.mark.parametrize("who", ["nobody known", "another account", "a revoked key"])
def test_pages_that_were_sealed_anew_with_another_key_are_not_vouched_for(closed: ClosedRound, who: str) -> None:
    other = Key(9)
    token, code, trust = certificate(other), FaultCode.KEY_REVOKED, replace(TRUST, revoked={other.kid: AT})
    if who == "another account":
        token, code, trust = certificate(other, account="another"), FaultCode.OTHER_DEVICE, TRUST
    elif who == "nobody known":
        token, code, trust = certificate(other, issuer=Key(2)), FaultCode.UNKNOWN_ISSUER, TRUST
        signed = ".".join([padless(b'{"alg":"EdDSA","kid":"issuer-2"}'), token.split(".")[1]])
        token = f"{signed}.{padless(Key(2).sign(signed.encode()))}"
    both = dict(closed.proof.certificates) | {other.kid: token}
    made = sealed(bare(with_proof(closed, certificates=both), key=None), other)
    checked = check_pdf(made, trust)
    assert [fault.code for fault in checked.faults] == [code]
    assert checked.key is not None
    assert checked.key.kid == closed.key.kid


def test_a_record_of_a_newer_form_is_not_called_missing(closed: ClosedRound) -> None:
    newer = seal(INSPECTION, closed.inspections[1].body | {"photos": {"front": "ab" * 32}})
    body = closed.round.body | {"inspections": [closed.round.body["inspections"][0]], "signatures": []}
    body["inspections"] = [*body["inspections"], {"id": newer.id, "sha256": newer.sha256}]
    signed = Round.of(seal(ROUND, body))
    made = replace(closed, round=signed, inspections=(closed.inspections[0], Inspection.of(newer)))
    signatures = {each.sha256: signed_by(closed.key, each.sha256) for each in (signed, newer, closed.inspections[0])}
    pdf = PDF + b"".join(
        b"1 0 obj <</Type /EmbeddedFile /Length %d>> stream\n" % len(file.content) + file.content + b"\nendstream\n"
        for file in attachments(signed, made.inspections, Manifest(None, signatures, dict(closed.proof.certificates)))
    )
    checked = check_pdf(pdf, TRUST)
    assert {fault.code for fault in checked.faults} >= {FaultCode.UNREAD_FORM, FaultCode.NOT_SEALED}
    assert not checked.contradicts


def test_what_is_added_behind_the_seal_is_told(pdf: bytes) -> None:
    assert named(pdf + b"1 0 obj <</Type /Page>> endobj\n%%EOF\n") == [(FaultCode.FILE_ALTERED, 0)]
    assert named(pdf + b"\r\n") == []  # some mail programs end a file so


def test_without_a_key_nothing_is_accused_and_nothing_is_proven(closed: ClosedRound) -> None:
    checked = check_pdf(bare(with_proof(closed, signatures={}, certificates={}), key=None), TRUST)
    assert {fault.code for fault in checked.faults} == {FaultCode.NOT_SIGNED, FaultCode.NOT_SEALED}
    assert not checked.contradicts


def test_a_revoked_key_is_named(pdf: bytes, closed: ClosedRound) -> None:
    trust = replace(TRUST, revoked={closed.key.kid: AT})
    assert named(pdf, trust) == [(FaultCode.KEY_REVOKED, 0)]
    checked = check_pdf(pdf, trust)
    assert checked.key is not None
    assert checked.key.revoked_at == AT


def test_a_revoked_key_is_named_without_its_certificate_too(closed: ClosedRound) -> None:
    trust = replace(TRUST, revoked={closed.key.kid: AT})
    assert named(bare(with_proof(closed, certificates={})), trust) == [(FaultCode.KEY_REVOKED, 0)]
    checked = check_pdf(bare(closed), Trust(revoked=trust.revoked))  # nor is its issuer known here
    assert [fault.code for fault in checked.faults] == [FaultCode.KEY_REVOKED]
    assert checked.key is not None
    assert not checked.key.proven
    assert not checked.contradicts, "what it signed before may be right"


def test_a_revoked_issuer_counts_no_more_and_an_unknown_one_cannot_be_told(pdf: bytes) -> None:
    revoked = Trust((replace(ISSUER_KEY, revoked_at=AT),))
    assert named(pdf, revoked) == [(FaultCode.KEY_REVOKED, 0)]
    checked = check_pdf(pdf, Trust())
    assert [fault.code for fault in checked.faults] == [FaultCode.UNKNOWN_ISSUER]
    assert not checked.contradicts


@pytest.mark.parametrize(
    "token",
    [
        certificate(Key(7), issuer=Key(2)),
        certificate(Key(7), iat=int((AT - timedelta(days=500)).timestamp())),
        certificate(Key(8)),
        certificate(Key(7), use="receipt"),
        "no token",
    ],
    ids=["signed by another", "before the issuer's key", "another key", "another use", "none"],
)
def test_a_certificate_that_the_register_never_gave_proves_nothing(closed: ClosedRound, token: str) -> None:
    made = bare(with_proof(closed, certificates={closed.key.kid: token}))
    assert (FaultCode.BAD_CERTIFICATE, 0) in named(made)


def test_another_devices_key_is_named(closed: ClosedRound) -> None:
    made = bare(with_proof(closed, certificates={closed.key.kid: certificate(closed.key, device="another")}))
    assert (FaultCode.OTHER_DEVICE, 0) in named(made)


def test_a_round_signed_anew_without_an_inspection_shows_the_gap(closed: ClosedRound) -> None:
    three = closed_round(3, 0)
    body = three.round.body | {"inspections": [three.round.body["inspections"][n] for n in (0, 2)]}
    dropped = Round.of(seal(ROUND, body))
    signatures = dict(three.proof.signatures) | {dropped.sha256: signed_by(three.key, dropped.sha256)}
    forged = replace(
        three,
        round=dropped,
        inspections=(three.inspections[0], three.inspections[2]),
        proof=Proof(signatures, three.proof.certificates),
    )
    assert (FaultCode.CHAIN_GAP, 0) in named(bare(forged))
    assert (FaultCode.OTHER_CONTENT_SIGNED, 0) in named(bare(forged))


def test_two_records_with_one_predecessor_are_a_fork(closed: ClosedRound, pdf: bytes) -> None:
    known = check_pdf(pdf, TRUST).followers
    assert named(pdf, known=known) == []  # the same file twice
    other = closed_round(2, 0)
    assert (FaultCode.CHAIN_FORKED, 1) in named(bare(other), known=known)
    body = closed.inspections[1].body | {"prev": closed.inspections[0].prev, "id": closed.inspections[1].id}
    twin = Inspection.of(seal(INSPECTION, body))
    rounds = closed.round.body | {
        "inspections": [closed.round.body["inspections"][0], {"id": twin.id, "sha256": twin.sha256}]
    }
    forked = Round.of(seal(ROUND, rounds | {"prev": twin.sha256, "signatures": []}))
    signatures = {each.sha256: signed_by(closed.key, each.sha256) for each in (forked, twin, closed.inspections[0])}
    made = bare(
        replace(
            closed,
            round=forked,
            inspections=(closed.inspections[0], twin),
            proof=replace(closed.proof, signatures=signatures),
        )
    )
    assert (FaultCode.CHAIN_FORKED, 2) in named(made)


def test_a_forged_file_lets_no_good_one_look_forked(closed: ClosedRound, pdf: bytes) -> None:
    other = closed_round(2, 0)
    unsigned = dict.fromkeys(other.proof.signatures, f"{closed.key.kid};{'A' * 86}")
    known = check_pdf(bare(with_proof(other, signatures=unsigned)), TRUST).followers
    assert named(pdf, known=known) == []


def test_two_rounds_in_one_file_are_not_judged(pdf: bytes, closed: ClosedRound) -> None:
    other = bare(closed_round(1, 0))
    checked = check_pdf(pdf + other, TRUST)
    assert [fault.code for fault in checked.faults] == [FaultCode.SEVERAL_RECORDS]
    assert checked.round is None


def test_files_that_hold_no_record() -> None:
    with pytest.raises(BadFile, match="not_a_pdf"):
        check_pdf(b"\xff\xd8\xff", TRUST)
    assert named(b"%PDF-1.7\n%%EOF") == [(FaultCode.NO_RECORD, 0)]
    assert not carries_record(b"%PDF-1.7\n%%EOF")
    assert not carries_record(PDF + b"/EmbeddedFile " * 1000)  # some other program's


def test_hostile_files_neither_hang_nor_fill_the_memory() -> None:
    bomb = zlib.compress(b"{" + b" " * 40_000_000)
    stream = b"1 0 obj <</Type /EmbeddedFile /Filter /FlateDecode /Length %d>> stream\n" % len(bomb) + bomb
    with pytest.raises(BadFile, match="too_big"):
        check_pdf(PDF + (stream + b"\nendstream\n") * 40, TRUST)
    with pytest.raises(BadFile, match="too_big"):
        check_pdf(PDF + b"/EmbeddedFile " * 100_000, TRUST)
    deep = b'{"kind":' + b"[" * 500_000
    nested = PDF + b"1 0 obj <</Type /EmbeddedFile /Length %d>> stream\n" % len(deep) + deep
    assert named(nested) == [(FaultCode.NO_RECORD, 0)]
    jpegs = PDF + b"1 0 obj <</Filter /DCTDecode /Length 999999999>> stream\n" * 5000
    assert named(jpegs) == [(FaultCode.NO_RECORD, 0)]
    odd = rfc8785.dumps({"kind": "round", "id": 5, "inspections": {}})
    assert named(PDF + b"1 0 obj <</Type /EmbeddedFile /Length %d>> stream\n" % len(odd) + odd) == [
        (FaultCode.UNREAD_FORM, 0)
    ]


def test_a_small_file_that_unpacks_to_very_much_is_not_drawn(closed: ClosedRound) -> None:
    for record, much in (
        (closed.round, {"inspections": [{"id": "a", "sha256": "b"}] * 501}),
        (closed.round, {"people": [{"name": "a", "role": "b", "title": ""}] * 51}),
        (closed.round, {"more": [[]] * 20_001}),
        (closed.round, {"more": "a" * 256 * 1024}),
        (closed.inspections[0], {"photos": [{"sha256": "a", "shows": "b", "copy_of": None}] * 41}),
    ):
        content = rfc8785.dumps(record.body | much)
        file = b"1 0 obj <</Type /EmbeddedFile /Length %d>> stream\n" % len(content) + content
        assert named(PDF + file) == [(FaultCode.UNREAD_FORM, 0)], [*much]


def test_the_making_can_be_cancelled_tells_its_progress_and_gives_the_same_bytes(
    closed: ClosedRound, pdf: bytes
) -> None:
    told: list[tuple[int, int]] = []

    def note(done: int, total: int) -> bool:
        told.append((done, total))
        return len(told) < 3

    with pytest.raises(Cancelled):
        pdf_of(closed, progress=note)
    told.clear()
    assert pdf_of(closed, progress=lambda done, total: not told.append((done, total))) == pdf
    assert told == sorted(told)
    assert told[-1][0] == told[-1][1]


def test_a_photo_that_is_gone_is_left_out_and_counted(closed: ClosedRound) -> None:
    lost = closed.inspections[0].body["photos"][0]["sha256"]
    photos = {name: jpeg for name, jpeg in closed.photos.items() if name != lost}
    made = make_pdf(
        closed.round,
        closed.inspections,
        replace(closed, photos=photos).print_copy,
        [Texts("en")],
        FONTS,
        Source("", sample=False),
        lists=lambda _version, _law: None,
        site=SITE,
        proof=closed.proof,
        key=closed.key,
    )
    assert made.photos_left_out == 1
    assert check_pdf(made.pdf, TRUST).is_whole


def test_a_paper_is_made_without_an_inspection_that_was_lost_and_says_so(closed: ClosedRound) -> None:
    pypdfium2 = pytest.importorskip("pypdfium2")
    lost, kept = closed.inspections
    made = make_pdf(
        closed.round,
        [None, kept],
        closed.print_copy,
        [Texts("en")],
        FONTS,
        Source("", sample=False),
        lists=lambda _version, _law: None,
        site=SITE,
        proof=closed.proof,
        key=closed.key,
    )
    assert (made.inspections_left_out, made.photos_left_out) == (1, 0)
    document = pypdfium2.PdfDocument(io.BytesIO(made.pdf))
    words = " ".join(" ".join(page.get_textpage().get_text_range() for page in document).split())
    assert "not on this paper: 1." in words
    assert "Lost on the device" in words
    assert "Photo 2.1" in words, "the others keep their numbers"
    assert lost.sha256[:4] in words, "the round names its hash all the same"
    checked = check_pdf(made.pdf, TRUST)
    assert [(fault.code, fault.where) for fault in checked.faults] == [(FaultCode.INSPECTION_LEFT_OUT, 1)]
    assert not checked.contradicts, "the device itself left it out"
    assert checked.inspections[0] is None
    assert checked.paper is None
    taken_out = with_file(made.pdf, 1, None)
    assert (FaultCode.INSPECTION_MISSING, 1) in named(taken_out), "without a seal that holds, anybody may have done so"


def test_the_seal_is_a_comment_that_any_program_skips(pdf: bytes, closed: ClosedRound, tmp_path: Path) -> None:
    pypdfium2 = pytest.importorskip("pypdfium2")
    assert len(pypdfium2.PdfDocument(pdf)) >= 2
    assert sealed(b"x", closed.key).startswith(b"x%OCOP-SEAL ")
    assert Manifest("l").canonical().startswith(b'{"certificates":{}')


@pytest.mark.parametrize("odd", [None, 5, [], {"a": 1}], ids=repr)
def test_records_of_any_form_are_shown_or_told_as_unread(closed: ClosedRound, odd: Any) -> None:
    for kind, record in ((ROUND, closed.round), (INSPECTION, closed.inspections[0])):
        for name in set(record.body) - {"kind"}:
            changed = record.canonical() if kind is ROUND else closed.round.canonical()
            other = rfc8785.dumps({**record.body, name: odd})
            files = [other] if kind is ROUND else [changed, other]
            pdf = PDF + b"".join(
                b"1 0 obj <</Type /EmbeddedFile /Length %d>> stream\n" % len(file) + file + b"\nendstream\n"
                for file in files
            )
            signed_record(VIETNAMESE, check_pdf(pdf, TRUST))


# Receipts, strangers' seals, corrections, clocks

RECEIVED = AT + timedelta(hours=3)


def receipt(record: Record, issuer: Key = ISSUER, **other: Any) -> str:
    """The JWS of the register's receipt (docs/api.md)."""
    said = {"id": record.id, "sha256": record.sha256, "prev": record.prev, "received_at": "2026-11-28T04:20:00Z"}
    signed = ".".join([padless(b'{"alg":"EdDSA","kid":"issuer-1"}'), padless(rfc8785.dumps(said | other))])
    return f"{signed}.{padless(issuer.sign(signed.encode()))}"


def test_a_receipt_in_the_file_says_when_the_register_received_it(closed: ClosedRound) -> None:
    made = pdf_of(with_proof(closed, receipts={closed.round.sha256: receipt(closed.round)}))
    checked = check_pdf(made, TRUST)
    assert (checked.faults, dict(checked.received)) == ((), {closed.round.sha256: RECEIVED})
    assert check_pdf(bare(closed), TRUST).received == {}


@pytest.mark.parametrize(
    "forged",
    [{"id": "another"}, {"sha256": "0" * 64}, {"prev": None}, {"received_at": "2020-01-01T00:00:00Z"}, {"more": 1}],
)
def test_a_receipt_of_something_else_says_nothing_and_accuses_nobody(closed: ClosedRound, forged: Any) -> None:
    made = bare(with_proof(closed, receipts={closed.round.sha256: receipt(closed.round, **forged)}))
    checked = check_pdf(made, TRUST)
    assert ([fault.code for fault in checked.faults], checked.received) == ([FaultCode.BAD_RECEIPT], {})
    assert not checked.contradicts


def test_a_receipt_by_an_unknown_or_revoked_issuer_says_nothing(closed: ClosedRound) -> None:
    made = bare(with_proof(closed, receipts={closed.round.sha256: receipt(closed.round)}))
    for issuers in ((), (replace(ISSUER_KEY, revoked_at=AT),)):
        checked = check_pdf(made, Trust(issuers))
        assert checked.received == {}
        assert FaultCode.BAD_RECEIPT not in [fault.code for fault in checked.faults]
    forged = bare(with_proof(closed, receipts={closed.round.sha256: receipt(closed.round, Key(5))}))
    assert (FaultCode.BAD_RECEIPT, 0) in named(forged)


def test_what_the_register_received_before_the_key_was_revoked_keeps_its_worth(closed: ClosedRound) -> None:
    made = bare(with_proof(closed, receipts={closed.round.sha256: receipt(closed.round)}))
    later = replace(TRUST, revoked={closed.key.kid: RECEIVED + timedelta(days=1)})
    assert check_pdf(made, later).faults == tuple(Fault(FaultCode.KEY_REVOKED, of=of) for of in (Of.CODE, Of.SEAL))
    before = replace(TRUST, revoked={closed.key.kid: RECEIVED - timedelta(hours=1)})
    assert check_pdf(made, before).faults == (Fault(FaultCode.KEY_REVOKED),)


@pytest.mark.parametrize("certified", ["not", "by itself", "for a colleague"])
def test_who_sealed_the_pages_anew_is_told_as_the_seals_fault(closed: ClosedRound, certified: str) -> None:
    stranger = Key(9)
    tokens = {
        "by itself": certificate(stranger, issuer=stranger),
        "for a colleague": certificate(stranger, account="b"),
    }
    both = dict(closed.proof.certificates) | ({stranger.kid: tokens[certified]} if certified in tokens else {})
    (fault,) = check_pdf(sealed(bare(with_proof(closed, certificates=both), key=None), stranger), TRUST).faults
    assert fault.of is Of.SEAL
    assert "sealed the pages" in fault_words(fault)


def test_a_file_whose_attachments_are_damaged_is_told_as_changed(pdf: bytes) -> None:
    for number in (0, -1):
        at = pdf.index(b"stream\n", list(re.finditer(rb"/Type /EmbeddedFile", pdf))[number].end()) + 60
        changed = pdf[:at] + bytes([pdf[at] ^ 1]) + pdf[at + 1 :]
        assert FaultCode.FILE_ALTERED in [code for code, _where in named(changed)]


def test_other_numbers_or_anothers_key_in_the_code_are_named(closed: ClosedRound, pdf: bytes) -> None:
    facts, colleague = Paper.of(closed.round, closed.inspections), Key(9)
    token = certificate(closed.key)

    def with_link(link: str) -> list[Fault]:
        made = with_file(without_seal(pdf), -1, lambda content: rfc8785.dumps(json.loads(content) | {"link": link}))
        return [fault for fault in check_pdf(made, TRUST).faults if fault.code is not FaultCode.NOT_SEALED]

    assert with_link(paper_link(SITE, replace(facts, photos=9), closed.key, token)) == [Fault(FaultCode.PAPER_DIFFERS)]
    others = paper_link(SITE, facts, colleague, certificate(colleague, account="another"))
    assert with_link(others) == [Fault(FaultCode.OTHER_DEVICE, of=Of.CODE)]


def corrected(back: timedelta = timedelta()) -> ClosedRound:
    """A round of three, whose second was corrected after the third: by the clock so much earlier."""
    three = closed_round(3, 0)
    first, second, third = three.inspections
    at = (datetime.fromisoformat(third.body["created_at"]) - back).strftime("%Y-%m-%dT%H:%M:%SZ")
    new = {
        "id": "00000abc-0000-4000-8000-000000000009",
        "supersedes": second.id,
        "prev": third.sha256,
        "created_at": at,
    }
    correction = Inspection.of(seal(INSPECTION, second.body | new))
    standing = (first, third, correction)
    body = three.round.body | {"prev": correction.sha256, "signatures": [], "created_at": at}
    body |= {"inspections": [{"id": each.id, "sha256": each.sha256} for each in standing]}
    closed = Round.of(seal(ROUND, body))
    signatures = {each.sha256: signed_by(three.key, each.sha256) for each in (closed, *standing, second)}
    proof = Proof(signatures, three.proof.certificates, earlier={second.sha256: second.prev or ""})
    return replace(three, round=closed, inspections=standing, proof=proof)


def test_a_correction_before_the_round_was_closed_is_no_gap() -> None:
    made = corrected()
    assert named(bare(made)) == []
    assert (FaultCode.CHAIN_GAP, 0) in named(bare(with_proof(made, earlier={})))
    unsigned = {sha256: text for sha256, text in made.proof.signatures.items() if sha256 not in made.proof.earlier}
    assert (FaultCode.CHAIN_GAP, 0) in named(bare(with_proof(made, signatures=unsigned))), "anybody can write a hash"


def test_a_clock_that_was_set_back_or_ahead_is_told_and_accuses_nobody(closed: ClosedRound) -> None:
    checked = check_pdf(bare(corrected(timedelta(days=365))), TRUST)
    assert [fault.code for fault in checked.faults] == [FaultCode.CLOCK_WRONG]
    assert not checked.contradicts
    early = receipt(closed.round, received_at="2026-11-27T00:00:00Z")
    assert named(bare(with_proof(closed, receipts={closed.round.sha256: early}))) == [(FaultCode.CLOCK_WRONG, 0)]
    late = receipt(closed.round, received_at="2027-11-28T00:00:00Z")
    assert named(bare(with_proof(closed, receipts={closed.round.sha256: late}))) == [], "why is not known"


def test_a_clock_at_the_end_of_time_holds_up_no_check(closed: ClosedRound) -> None:
    body = closed.round.body | {"created_at": "9999-12-31T23:59:59Z", "clock_offset": 300_000_000_000}
    odd = Round.of(seal(ROUND, body))
    made = replace(closed, round=odd)
    signatures = dict(closed.proof.signatures) | {odd.sha256: signed_by(closed.key, odd.sha256)}
    assert not check_pdf(bare(with_proof(made, signatures=signatures)), TRUST).contradicts
