"""The verdict on what was scanned: one word, one colour, one icon; then the reasons, the product and what to do."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import urlsplit

import flet as ft

from services.check import TYPED, Finding
from services.products import Certificate, Product
from services.verification import VIETNAM
from views.parts.look import card, chip, fact, known_as, screen, tone_colours
from views.parts.session import Session, use_session
from views.parts.ways import codes_of, findings_of, verdict_address
from views.parts.words import GROUPS, STATUS, Tone, reason_sentence


@ft.component
def VerdictScreen() -> ft.View:
    """Judge the codes in the address anew, so that a reload and a fresher copy are both right."""
    session = use_session()
    _ = session.texts.gettext
    address = session.page.route
    codes = codes_of(urlsplit(address).query)
    findings = ft.use_memo(
        lambda: findings_of(codes, session.workspace.catalogue, session),
        [address, session.copy, session.texts.language],
    )

    def announce() -> None:
        session.judged_gtin = findings[0].gtin if findings else None
        if findings and not session.page.web:  # in browsers the live region of the banner does it
            word = _(STATUS[findings[0].verdict.status][0])
            session.page.run_task(ft.SemanticsService().announce_message, word)

    ft.use_effect(announce, [address])
    if not findings:
        return screen(session, "/verdict", _("Verdict"), [ft.Text(_("No code was scanned."))])
    first, others = findings[0], findings[1:]
    return screen(
        session,
        "/verdict",
        _("Verdict"),
        [
            *_several(session, findings),
            _banner(session, first),
            *_basis(session, first),
            *([_product(session, first.product)] if first.product else []),
            _code(session, first),
            *([_others(session, others)] if others else []),
        ],
        bottom=[
            ft.Row(
                [
                    ft.Container(_WriteNote(first), expand=True),
                    ft.OutlinedButton(
                        _("Scan the next"),
                        icon=ft.Icons.QR_CODE_SCANNER,
                        height=52,
                        expand=True,
                        on_click=session.guard(lambda _e: session.page.navigate("/")),
                    ),
                ]
            )
        ],
    )


def _several(session: Session, findings: list[Finding]) -> list[ft.Control]:
    """A warning where the codes of one picture name different products, so that no verdict is taken for another's."""
    if len({finding.gtin for finding in findings}) < 2:
        return []
    background, colour = tone_colours(Tone.CAUTION)
    words = session.texts.gettext(
        "The codes here do not all name one product. Look which of them belongs to the pack in your hand."
    )
    return [
        ft.Container(
            ft.Row(
                [ft.Icon(ft.Icons.WARNING_AMBER, color=colour), ft.Text(words, color=colour, expand=True)], spacing=12
            ),
            bgcolor=background,
            border_radius=12,
            padding=12,
        )
    ]


def _banner(session: Session, finding: Finding) -> ft.Control:
    word, tone, icon = STATUS[finding.verdict.status]
    background, colour = tone_colours(tone)
    said = session.texts.gettext(word)
    return ft.Semantics(
        identifier="verdict",
        label=said,
        container=True,
        live_region=True,
        exclude_semantics=True,
        content=ft.Container(
            ft.Row(
                [
                    ft.Icon(icon, size=44, color=colour),
                    ft.Text(said, size=26, weight=ft.FontWeight.BOLD, color=colour, expand=True),
                ],
                spacing=16,
            ),
            bgcolor=background,
            border_radius=16,
            padding=20,
        ),
    )


def _basis(session: Session, finding: Finding) -> list[ft.Control]:
    """The reasons, and what they rest on."""
    _, texts = session.texts.gettext, session.texts
    as_of = finding.verdict.as_of
    lines: list[ft.Control] = [ft.Text(reason_sentence(texts, reason), size=16) for reason in finding.verdict.reasons]
    if as_of:
        lines.append(
            ft.Text(
                _("Checked against this device's copy of the register, as of {moment}.").format(
                    moment=texts.moment(as_of)
                ),
                size=12,
                color=ft.Colors.ON_SURFACE_VARIANT,
            )
        )
    if finding.product:
        lines.append(
            ft.Text(
                _("A code can be copied: this does not prove that the goods are the producer's own."),
                size=12,
                color=ft.Colors.ON_SURFACE_VARIANT,
            )
        )
    return lines


def _product(session: Session, product: Product) -> ft.Control:
    _ = session.texts.gettext
    today = session.now().astimezone(VIETNAM).date()
    standing = [c for c in product.certificates if not c.withdrawn_on and c.valid_from <= today <= c.valid_to]
    stars = max((c.stars for c in standing), default=0)
    # A commune and the former district around it often share a name.
    place = ", ".join(dict.fromkeys(p.name for p in (product.commune, product.former_unit) if p))
    return card(
        known_as("product-name", ft.Text(product.name, size=20, weight=ft.FontWeight.W_600)),
        *([_stars(session, stars)] if stars else []),
        fact(_("Producer"), product.producer.name),
        fact(_("Address"), product.producer.address),
        *([fact(_("Place"), place)] if place else []),
        fact(_("Group"), _(GROUPS.get(product.group, product.group))),
        *[_certificate(session, c, today) for c in product.certificates],
        *([ft.Text(_("Sample data"), size=12, weight=ft.FontWeight.W_600)] if session.copy.sample else []),
    )


def _stars(session: Session, stars: int) -> ft.Control:
    words = session.texts.gettext("{stars} OCOP stars").format(stars=stars)
    return ft.Semantics(
        label=words,
        exclude_semantics=True,
        content=ft.Row(
            [
                ft.Row([ft.Icon(ft.Icons.STAR, color="#F5A400", size=20) for _star in range(stars)], spacing=2),
                ft.Text(words),
            ],
            spacing=8,
        ),
    )


def _certificate(session: Session, certificate: Certificate, today: Any) -> ft.Control:
    _, texts = session.texts.gettext, session.texts
    if certificate.withdrawn_on:
        state = chip(_("Withdrawn"), ft.Icons.BLOCK, Tone.BAD)
    elif certificate.valid_to < today:
        state = chip(_("Ended"), ft.Icons.EVENT_BUSY, Tone.BAD)
    elif certificate.valid_from > today:
        state = chip(_("Not yet valid"), ft.Icons.SCHEDULE, Tone.UNKNOWN)
    else:
        state = chip(_("Valid"), ft.Icons.CHECK, Tone.GOOD)
    return ft.Column(
        [
            ft.Row(
                [
                    ft.Text(_("Certificate {number}").format(number=certificate.number), weight=ft.FontWeight.W_600),
                    state,
                ],
                wrap=True,
            ),
            ft.Text(
                _("{stars} stars, {start} to {end}, by {issuer}").format(
                    stars=certificate.stars,
                    start=texts.day(certificate.valid_from),
                    end=texts.day(certificate.valid_to),
                    issuer=certificate.issuer,
                ),
                size=13,
            ),
        ],
        spacing=2,
    )


def _code(session: Session, finding: Finding) -> ft.Control:
    """What was in the code. An address is shown whole and with its host, and never opens by itself."""
    _, texts = session.texts.gettext, session.texts
    kind = _("Typed by hand") if finding.symbology == TYPED else finding.symbology
    rows = [fact(_("Code"), f"{finding.text}"), fact(_("Kind"), kind)]
    if finding.gtin:
        rows.append(fact("GTIN", finding.gtin))
    for label, name in ((_("Lot"), "lot"), (_("Serial"), "serial"), (_("Expiry"), "expiry")):
        value = getattr(finding.code, name, None)
        if value:
            rows.append(fact(label, texts.day(value) if name == "expiry" else value))
    if finding.link:
        rows.append(fact(_("Leads to"), urlsplit(finding.link).hostname or ""))
        rows.append(ft.Text(_("The address has not been opened."), size=12, color=ft.Colors.ON_SURFACE_VARIANT))
    return card(*rows)


def _others(session: Session, findings: list[Finding]) -> ft.Control:
    """The further codes in the same picture, each with its own verdict."""
    _ = session.texts.gettext
    rows: list[ft.Control] = [ft.Text(_("Also in the picture"), weight=ft.FontWeight.W_600)]
    for finding in findings:
        word, tone, icon = STATUS[finding.verdict.status]
        address = verdict_address([(finding.text, finding.symbology)])

        def go(_event: Any, address: str = address) -> None:
            session.page.navigate(address)

        rows.append(
            ft.ListTile(
                title=ft.Text(f"{finding.symbology}: {finding.text}", max_lines=2, overflow=ft.TextOverflow.ELLIPSIS),
                subtitle=ft.Row([chip(_(word), icon, tone)], wrap=True),
                content_padding=0,
                on_click=session.guard(go),
            )
        )
    return card(*rows)


@ft.component
def _WriteNote(finding: Finding) -> ft.Control:
    session = use_session()
    _ = session.texts.gettext

    async def write(_event: Any) -> None:
        draft = await asyncio.to_thread(
            session.device.notebook.new_draft,
            code=code_document(finding),
            verdict=verdict_document(finding),
            product_name=finding.product.name if finding.product else None,
            account=session.viewer.account,
        )
        session.page.navigate(f"/note/{draft.id}")

    return known_as(
        "write-note",
        ft.FilledButton(_("Write a note"), icon=ft.Icons.EDIT_NOTE, height=52, on_click=session.guard(write)),
    )


def code_document(finding: Finding) -> dict[str, Any]:
    """The code as a note carries it (docs/api.md)."""
    expiry = getattr(finding.code, "expiry", None)
    return {
        "text": finding.text,
        "symbology": finding.symbology,
        "gtin": finding.gtin,
        "lot": getattr(finding.code, "lot", None),
        "serial": getattr(finding.code, "serial", None),
        "expiry": expiry.isoformat() if expiry else None,
    }


def verdict_document(finding: Finding) -> dict[str, Any]:
    """The verdict as a note carries it (docs/api.md)."""
    as_of = finding.verdict.as_of
    return {
        "status": finding.verdict.status.value,
        "reasons": finding.verdict.codes,
        "as_of": as_of.strftime("%Y-%m-%dT%H:%M:%SZ") if as_of else None,
    }
