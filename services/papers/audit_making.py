"""Makes the PDF of a closed shelf audit: its pages, the signed record attached, and the device's seal."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from printing.record import record_pdf
from printing.record_content import Attachment
from services.accounts.accounts import Accounts
from services.accounts.device_key import DeviceKey
from services.audits.audit import Audit, Line
from services.audits.audit_book import AuditBook
from services.audits.gravity import Action
from services.audits.kept import KeptAudit
from services.papers.audit_content import Wording, audit_content, picking_content
from services.papers.content import Source
from services.papers.file_form import Manifest
from services.papers.making import Cancelled, Made, Progress, Proof, drawn
from services.papers.paper import AuditPaper, paper_link
from services.register.certificates import Today
from services.wording import Language

_STEPS = 40
"""Blocks of an audit's pages, more or less: progress is shown by them."""


@dataclass(frozen=True)
class AuditProof:
    """What proves an audit, and the account's key; None while that is locked, or where there is no account."""

    proof: Proof = field(default_factory=Proof)
    key: DeviceKey | None = None


def audit_proof(kept: KeptAudit, book: AuditBook, accounts: Accounts, addresses: Collection[str]) -> AuditProof:
    """What this device holds that proves an audit; `addresses` are those of the register's server.

    Raises StoreWriteError where a signature that is made now cannot be kept.
    """
    audit = kept.audit
    if audit.owner is None:
        return AuditProof()
    signature = book.records.signature(audit.id) if audit.id in book.records else None
    key = accounts.keys.of(accounts.one_name(audit.owner), audit.device)
    kids = ({signature.partition(";")[0]} if signature else set()) | ({key.kid} if key else set())
    given = {kid: accounts.keys.certificate_of(kid, addresses) for kid in sorted(kids)}
    certificates = {kid: certificate for kid, certificate in given.items() if certificate}
    receipt = book.records.entry(audit.id).jws if audit.id in book.records else None
    receipts = {audit.sha256: receipt} if receipt else {}
    return AuditProof(Proof({audit.sha256: signature} if signature else {}, certificates, receipts), key)


def make_audit_pdf(
    audit: Audit,
    lines: Sequence[Line],
    languages: Sequence[Language],
    fonts: Path,
    source: Source,
    wording: Wording,
    *,
    site: str | None,
    proven: AuditProof = AuditProof(),
    progress: Progress = lambda _done, _total: True,
) -> Made:
    """Make the PDF of an audit; `lines` are its own, with what was ticked off later. Raises Cancelled.

    Without an account it bears neither code nor seal, and says that it proves nothing.
    """
    key, proof = proven.key, proven.proof
    certificate = proof.certificates.get(key.kid) if key else None
    link = paper_link(site, AuditPaper.of(audit), key, certificate) if key and site else None
    content = audit_content(audit, lines, languages, replace(source, kid=key.kid if key else None), wording, link=link)
    manifest = Manifest(link, dict(proof.signatures), dict(proof.certificates), receipts=dict(proof.receipts))
    told = f"Audit {audit.id}, SHA-256 {audit.sha256}"
    attached = [Attachment("audit.json", audit.canonical(), told)]
    if audit.owner is not None:
        attached.append(Attachment("signatures.json", manifest.canonical(), "Signatures and certificates"))
    done = 0

    def step() -> None:
        nonlocal done
        done += 1
        if not progress(min(done, _STEPS - 1), _STEPS):
            raise Cancelled

    content = replace(content, attachments=tuple(attached))
    pdf = drawn(content, fonts, step, key if certificate else None)
    progress(_STEPS, _STEPS)
    return Made(pdf, 0)


def make_picking_list(
    shop: str,
    lines: Mapping[int, Line],
    todo: Sequence[Action],
    today: Today,
    languages: Sequence[Language],
    fonts: Path,
    wording: Wording,
) -> bytes:
    """The list of what is to be done, to be taken along to the shelves and ticked off by hand. It proves nothing."""
    return record_pdf(picking_content(shop, lines, todo, today, languages, wording), fonts)
