"""The product's page on the register's own site, to share and to copy: a messenger shows its picture and its name."""

from __future__ import annotations

import flet as ft

from services.client.registry import Registry
from views.parts.look import selectable, text
from views.parts.shell import Shell


def page_of(registry: Registry | None, gtin: str) -> str | None:
    """The address of the product's page at the server that the register comes from; None without a server."""
    return f"{registry.url}/p/{gtin}" if registry else None


def offer_page(shell: Shell, name: str, address: str) -> None:
    """Show the address with Copy and Share; the client does both in the click itself, as browsers want it."""
    _ = shell.texts.gettext

    def copied() -> None:
        shell.page.pop_dialog()
        shell.say(_("Copied: {address}").format(address=address))

    shell.page.show_dialog(
        ft.AlertDialog(
            title=ft.Text(_("Share this product")),
            content=ft.Column(
                [
                    text(name),
                    selectable(address),
                    text(_("The page shows what the register says of the product. It does not judge a pack.")),
                ],
                tight=True,
            ),
            scrollable=True,
            actions=[
                ft.TextButton(_("Cancel"), on_click=shell.guard(shell.page.pop_dialog)),
                ft.TextButton(
                    _("Copy"),
                    icon=ft.Icons.CONTENT_COPY,
                    action=ft.CopyToClipboard(address),
                    on_click=shell.guard(copied),
                ),
                ft.FilledButton(
                    _("Share"),
                    icon=ft.Icons.SHARE,
                    action=ft.ShareText(f"{name}\n{address}"),
                    on_click=shell.guard(shell.page.pop_dialog),
                ),
            ],
        )
    )
