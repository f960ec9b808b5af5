"""An audit as files: the PDF that can be checked, and tables for spreadsheet programs. All made on the device."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

import flet as ft

from services.audits.audit import Line
from services.audits.export import audit_table
from services.audits.gravity import Action, Klass, actions
from services.audits.kept import KeptAudit
from services.papers.audit_making import AuditProof, audit_proof, make_audit_pdf, make_picking_list
from services.papers.content import Source
from services.papers.making import Made, Progress
from services.papers.paper import closing_day
from services.register.certificates import VIETNAM, Today
from services.wording import Language
from services.workspace import Device, Workspace
from views.audits.columns import say, titles
from views.design import Type
from views.parts.audit_words import DOS, KLASSES, why_words
from views.parts.fonts import FOLDER
from views.parts.look import card, heading, text
from views.parts.pdf_file import file_button, in_both, make_pdf, pdf_buttons
from views.parts.saving import open_file, save_file
from views.parts.shared import use_device, use_workspace
from views.parts.shell import Shell, use_shell
from views.parts.texts import Texts, assets_folder


@dataclass(frozen=True)
class ScreenWords:
    """The screens' words for a paper, in its languages."""

    def counted(self, language: Language, of: Klass) -> str:
        return _texts(language).gettext(KLASSES[of].counted)

    def why(self, language: Language, action: Action) -> str:
        return why_words(_texts(language), action.reason, action.days)

    def do(self, language: Language, action: Action) -> str:
        return _texts(language).gettext(DOS[action.what][0])


def _texts(language: Language) -> Texts:
    return language if isinstance(language, Texts) else Texts(language.language)


@ft.component
def AuditFiles(kept: KeptAudit, lines: tuple[Line, ...]) -> ft.Control:
    """The ways to take an audit along."""
    shell, device, workspace = use_shell(), use_device(), use_workspace()
    _ = shell.texts.gettext
    both, set_both = ft.use_state(False)
    name = file_name(kept)

    async def made() -> Made | None:
        return await make_pdf(
            shell, lambda languages, tell: audit_paper(device, workspace, kept, lines, languages, tell), both=both
        )

    def saved_as(saved: str | None) -> None:
        if saved:
            shell.say(_("Saved: {name}").format(name=saved))

    def table(kind: str) -> Callable[[], Awaitable[None]]:
        async def write() -> None:
            texts, today = shell.texts, closing_day(kept.audit)
            todo = {action.n: action for action in actions(lines, today)}
            content = await asyncio.to_thread(audit_table, lines, titles(texts), say(texts, today, todo), kind)
            saved_as(await save_file(shell, content, f"{name}.{kind}"))

        return write

    icon = ft.Icons.PICTURE_AS_PDF
    buttons = pdf_buttons(shell, "audit-pdf", f"{name}.pdf", made, lambda _made, saved: saved_as(saved), icon=icon)
    buttons += [
        file_button(f"audit-{kind}", kind.upper(), ft.Icons.TABLE_VIEW, shell.guard(table(kind)))
        for kind in ("xlsx", "csv")
    ]
    proven = _("Anybody can check the PDF with this app or by its code.")
    if kept.audit.owner is None:
        proven = _("Without an account nobody has signed it, so the PDF proves nothing to others. It says so.")
    return card(
        heading(_("Take it along")),
        text(proven, Type.SMALL),
        in_both(shell, _("PDF in Vietnamese and English"), both, set_both),
        ft.Row(buttons, wrap=True),
    )


def audit_paper(
    device: Device,
    workspace: Workspace,
    kept: KeptAudit,
    lines: tuple[Line, ...],
    languages: list[Texts],
    progress: Progress = lambda _done, _total: True,
) -> Made:
    """The paper of an audit. Blocks. Raises Cancelled."""
    register, copy, registry = workspace.catalogue.register, workspace.catalogue.copy, workspace.registry
    addresses = registry.addresses if registry else frozenset(filter(None, [copy.source]))
    proven = AuditProof() if kept.elsewhere else audit_proof(kept, device.audits, device.accounts, addresses)
    return make_audit_pdf(
        kept.audit,
        lines,
        languages,
        assets_folder() / FOLDER,
        Source(register.name, register.sample),
        ScreenWords(),
        site=registry.url if registry else copy.source,
        proven=proven,
        progress=progress,
    )


def file_name(kept: KeptAudit) -> str:
    """The files' name: the day of the audit, and the beginning of its id."""
    return f"ocop-audit-{kept.audit.closed_at.astimezone(VIETNAM):%Y%m%d}-{kept.id[:8]}"


async def save_picking_list(
    shell: Shell, shop: str, lines: Mapping[int, Line], todo: Sequence[Action], today: Today
) -> None:
    """Make the list of what is to be done, then open it to be printed on a computer, else let the person save it."""
    fonts, languages = assets_folder() / FOLDER, [Texts("vi")]
    content = await asyncio.to_thread(make_picking_list, shop, lines, todo, today, languages, fonts, ScreenWords())
    name = f"ocop-to-do-{today.day:%Y%m%d}.pdf"
    if shell.on_computer:
        await open_file(content, name)
        return
    saved = await save_file(shell, content, name)
    if saved:
        shell.say(shell.texts.gettext("Saved: {name}").format(name=saved))
