"""Makes the PDF of a closed round: what is seen on its pages, the signed records attached, and the device's seal."""

from __future__ import annotations

import contextlib
import hashlib
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from PIL import Image

from printing.record import record_pdf
from printing.record_content import Attachment, RecordContent
from printing.symbols import DoesNotFit
from services.papers.checklists import ListOf
from services.papers.content import Source, content_of
from services.papers.file_form import Manifest, sealed
from services.papers.paper import Paper, Signing, paper_link
from services.records.files import PhotoLost
from services.rounds.inspection import Inspection
from services.rounds.round import Round
from services.wording import Language

Progress = Callable[[int, int], bool]
"""Is called with how much is done and of how much; False ends the making."""


class Cancelled(Exception):
    """The person has cancelled it."""


@dataclass(frozen=True)
class Proof:
    """What proves a record: signatures and receipts by the records' hashes, and certificates by the keys' ids.

    `earlier` and `later` are the versions of its inspections that are not in it (Manifest).
    """

    signatures: Mapping[str, str] = field(default_factory=dict)
    certificates: Mapping[str, str] = field(default_factory=dict)
    receipts: Mapping[str, str] = field(default_factory=dict)
    earlier: Mapping[str, str] = field(default_factory=dict)
    later: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Made:
    """A PDF, and how many photos and inspections are left out because they cannot be had."""

    pdf: bytes
    photos_left_out: int
    inspections_left_out: int = 0


def make_pdf(
    closed: Round,
    inspections: Sequence[Inspection | None],
    read_print: Callable[[str], bytes],
    languages: Sequence[Language],
    fonts: Path,
    source: Source,
    *,
    lists: ListOf,
    site: str | None,
    proof: Proof = Proof(),
    key: Signing | None = None,
    progress: Progress = lambda _done, _total: True,
) -> Made:
    """Make the PDF of a round. Raises Cancelled.

    An inspection that was lost on this device is None: the paper says that it is not on it, and bears no code, since a
    code counts what nobody can see here. Else it bears one with the device's `key` and, once that is certified, a seal.
    `read_print` gives a photo by its hash as a JPEG of at most 1,000 pixels a side; it may raise PhotoLost. `site` is
    the address of the register's server.
    """
    there = [each for each in inspections if each]
    names = list(dict.fromkeys(said["sha256"] for each in there for said in each.body["photos"]))
    total = len(names) + 4 * len(inspections) + 8
    done = 0

    def step() -> None:
        nonlocal done
        done += 1
        if not progress(min(done, total - 1), total):
            raise Cancelled

    prints: dict[str, bytes] = {}
    for name in names:
        step()
        with contextlib.suppress(PhotoLost, OSError):
            jpeg = read_print(name)
            Image.open(io.BytesIO(jpeg), formats=["JPEG"]).close()  # raises OSError for what cannot be drawn
            prints[name] = jpeg
    certificate = proof.certificates.get(key.kid) if key else None
    whole = len(there) == len(inspections)
    link = paper_link(site, Paper.of(closed, there), key, certificate) if key and site and whole else None
    source = replace(source, kid=key.kid if key else None)
    content = content_of(closed, inspections, prints, languages, source, lists=lists, link=link, later=proof.later)
    manifest = Manifest(
        link,
        dict(proof.signatures),
        dict(proof.certificates),
        {name: hashlib.sha256(jpeg).hexdigest() for name, jpeg in prints.items()},
        dict(proof.receipts),
        dict(proof.earlier),
        dict(proof.later),
    )
    content = replace(content, attachments=attachments(closed, inspections, manifest))
    pdf = drawn(content, fonts, step, key if certificate else None)
    progress(total, total)
    return Made(pdf, len(names) - len(prints), len(inspections) - len(there))


def drawn(content: RecordContent, fonts: Path, step: Callable[[], None], key: Signing | None) -> bytes:
    """The pages with what is attached to them, sealed where a certified key is given."""
    try:
        pdf = record_pdf(content, fonts, step)
    except DoesNotFit:  # an address of several hundred characters: the file can still be checked
        pdf = record_pdf(replace(content, link=None, link_words=""), fonts, step)
    return sealed(pdf, key) if key else pdf


def attachments(closed: Round, inspections: Sequence[Inspection | None], manifest: Manifest) -> tuple[Attachment, ...]:
    """The files in the PDF: the canonical records, whose hashes any program can compute, and what proves them."""
    return (
        Attachment("round.json", closed.canonical(), f"Round {closed.id}, SHA-256 {closed.sha256}"),
        *(
            Attachment(f"inspection-{number:02}.json", each.canonical(), f"Inspection {each.id}, SHA-256 {each.sha256}")
            for number, each in enumerate(inspections, 1)
            if each
        ),
        Attachment("signatures.json", manifest.canonical(), "Signatures and certificates"),
    )
