"""`main.py check-record`: checks PDFs of rounds and audits, and codes on paper, by this device's copy alone."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from services.audits.audit import Audit
from services.audits.gravity import klass
from services.papers.chains import LATE_DAYS, Followers
from services.papers.checking import CheckedFile, check_pdf
from services.papers.faults import NOT_IN_FILE, Fault
from services.papers.file_form import MOST_BYTES, BadFile
from services.papers.paper import AuditPaper, CheckedPaper, check_paper, closing_day, is_paper
from services.papers.trust import DeviceKey, Trust
from services.papers.words import fault_words
from services.register.catalogue import Catalogue
from services.register.certificates import VIETNAM
from services.rounds.inspection import Inspection
from services.storage.store import StoreError

UNUSABLE = {"too_big": "the file is too big", "not_a_pdf": "this is not a PDF"}


def check_record(told: Sequence[str], data: Path) -> int:
    """Print what was signed and what is wrong, for each file or address of a paper's code.

    Returns 0 if all are as they were signed, 1 if something is wrong with one or cannot be told, 2 if one cannot be
    read, which is told on standard error. The files are also compared with each other: two records with one
    predecessor are a fork.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        catalogue = Catalogue.open(data / "catalogue", read_only=True)
    except StoreError as error:
        print(f"ocop-verify: {error}", file=sys.stderr)
        return 2
    trust, as_of = Trust.of(catalogue.register), catalogue.copy.as_of
    print(
        f"by this device's copy of the register, of {_moment(as_of) if as_of else 'no day: there is none'}", flush=True
    )
    wrong = unusable = False
    known: Followers = {}
    signed = set[str]()  # the hashes of the files' rounds
    codes: list[str] = []
    for each in told:
        if is_paper(each):
            paper = check_paper(each, trust)
            wrong |= bool(paper.faults)
            codes += [paper.paper.hash] if paper.paper else []
            print("\n".join(_paper(paper)), flush=True)
            continue
        try:
            checked = check_pdf(_read(Path(each)), trust, known)
        except (OSError, BadFile) as error:
            print(f"{each}: {UNUSABLE[error.reason] if isinstance(error, BadFile) else error}", file=sys.stderr)
            unusable = True
            continue
        known = {**known, **checked.followers}
        signed |= {checked.round.sha256} if checked.round else set()
        wrong |= not checked.is_whole
        print("\n".join([f"{each}: {_state(checked.faults)}", *_file(checked)]), flush=True)
    if signed and (strange := [code for code in codes if code not in signed]):
        wrong = True
        print("\n".join(f"a code on paper is that of another record than these files: {code}" for code in strange))
    return 2 if unusable else int(wrong)


def _read(path: Path) -> bytes:
    if path.stat().st_size > MOST_BYTES:
        raise BadFile("too_big")
    return path.read_bytes()


def _state(faults: Sequence[Fault]) -> str:
    if not faults:
        return "as it was signed"
    return "NOT as it was signed" if any(fault.contradicts for fault in faults) else "cannot be told"


def _file(checked: CheckedFile) -> Iterator[str]:
    for fault in checked.faults:
        yield f"  ! {fault_words(fault)}"
    if checked.audit is not None:
        yield from _audit(checked.audit, checked.key)
    if checked.round is None:
        return
    said = checked.round.said
    opened = said.opened_at.astimezone(VIETNAM)
    yield f"  round {checked.round.id}, {opened:%Y-%m-%d %H:%M}, {said.place.name}"
    if said.inspected:
        yield f"  inspected: {said.inspected.name}"
    yield from _key(checked.key)
    if at := checked.received.get(checked.round.sha256):
        yield f"  the register received it on {_moment(at)}{_late(said.closed_at or said.opened_at, at)}"
    missing = {fault.where for fault in checked.faults if fault.code in NOT_IN_FILE}
    for number, each in enumerate(checked.inspections, 1):
        yield f"  {number}. {_inspection(each, missing=number in missing)}"
        if each and (later := checked.later.get(each.sha256)):
            yield f"     the file says: corrected after the round was closed, by the record {later}"
    for signature in said.signatures:
        words = f"refused: {signature.refused}" if signature.refused else "signed on the screen"
        yield f"  {signature.role} {signature.name}: {words}"
    yield f"  SHA-256 {checked.round.sha256}"


def _audit(audit: Audit, key: DeviceKey | None) -> Iterator[str]:
    yield f"  audit {audit.id}, {audit.closed_at.astimezone(VIETNAM):%Y-%m-%d %H:%M}, {audit.shop or '-'}"
    yield from _key(key)
    today = closing_day(audit)
    for line in audit.lines:
        words = f"{line.quantity} x {line.name or line.gtin or line.text}: {klass(line, today)}"
        verdict = line.verdict.status if line.verdict else "no verdict"
        yield "  " + "; ".join(filter(None, [f"{line.n}. {words}", verdict, line.shelf]))
    yield f"  SHA-256 {audit.sha256}"


def _inspection(each: Inspection | None, *, missing: bool) -> str:
    if each is None:
        return "not in this file" if missing else "in a form that this version of the app cannot read"
    found = each.found
    verdict = found.verdict.status if found.verdict else "no verdict"
    return f"{found.product_name or found.gtin or '-'}: {verdict}; {', '.join(found.findings) or '-'}"


def _paper(checked: CheckedPaper) -> Iterator[str]:
    yield f"code on paper: {_state(checked.faults)}"
    for fault in checked.faults:
        yield f"  ! {fault_words(fault)}"
    if paper := checked.paper:
        counts = ", ".join(f"{number} {name.replace('_', ' ')}" for name, number in paper.counts().items())
        yield f"  {'audit' if isinstance(paper, AuditPaper) else 'round'} {paper.id}, {paper.day}: {counts}"
        yield from _key(checked.key)
        yield f"  SHA-256 {paper.hash}"
        yield "  The rest of the paper was not compared."


def _key(key: DeviceKey | None) -> Iterator[str]:
    if key:
        words = "signed by" if key.proven else "signed by somebody who says to be"
        revoked = f", revoked on {_moment(key.revoked_at)}" if key.revoked_at else ""
        yield f"  {words} {key.name} with the key {key.kid}{revoked}"


def _moment(at: datetime) -> str:
    return f"{at.astimezone(VIETNAM):%Y-%m-%d %H:%M}"


def _late(said: datetime, received: datetime) -> str:
    """How long after the day by the device's clock, where that is long: why is not known."""
    days = (received - said).days
    return f", {days} days after the day that the device's clock gave" if days > LATE_DAYS else ""
