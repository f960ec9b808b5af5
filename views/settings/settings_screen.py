"""The settings: the account, the register's copy, the server, language and theme, and what this installation can do."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from functools import partial

import flet as ft

from services import VERSION
from services.client.address import server_address
from services.decoding import Missing, present
from services.notes.note import Note
from services.sync.standing import Standing
from services.wording import mark
from services.workspace import Workspace
from views.design import BETWEEN, COLUMNS, Tone, Type, Width
from views.parts.device_state import use_device_state
from views.parts.exporting import export_handler
from views.parts.feel import let_feel
from views.parts.fields import TextInput
from views.parts.frame import screen
from views.parts.history_card import HistoryCard
from views.parts.labelled import Labelled
from views.parts.look import card, fact, heading, known_as, panel, selectable, text
from views.parts.notices import NoticesCard
from views.parts.places import LABEL_CHECK
from views.parts.shared import use_device, use_workspace
from views.parts.shell import Shell, use_shell
from views.parts.texts import LANGUAGES
from views.parts.words import copy_trouble, problem_sentence
from views.settings.account_card import AccountCard
from views.settings.counter_card import CounterCard
from views.settings.pictures_card import PicturesCard

_THEMES = {
    "system": mark("As the device"),
    "light": mark("Light"),
    "dark": mark("Dark"),
    "contrast": mark("High contrast, for sunlight"),
}


@ft.component
def SettingsScreen() -> ft.View:
    """Show all settings on one page."""
    shell = use_shell()
    # On the web, notes are sent from the site's own machine, so there is no connection to choose.
    sending = [] if shell.page.web else [_SendingCard()]
    # There, too, the room for pictures is the site's.
    pictures = [] if shell.page.web else [PicturesCard()]
    own = [AccountCard(), _LookCard(), CounterCard()]
    works = [_LabelCard(), HistoryCard(), _CopyCard(), *pictures, _ServerCard(), *sending, NoticesCard(), _AboutCard()]
    return screen(
        shell,
        "/settings",
        shell.texts.gettext("Settings"),
        [_beside(own, works)] if shell.wide else [*own, *works],
        full=shell.width is Width.MEDIUM,
        widest=COLUMNS,
    )


def _beside(*columns: list[ft.Control]) -> ft.Control:
    """The settings in columns of about one height: how the app looks and sounds, and what it works with."""
    return ft.Row(
        [
            ft.Column(cards, spacing=12, expand=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
            for cards in columns
        ],
        spacing=BETWEEN,
        vertical_alignment=ft.CrossAxisAlignment.START,
    )


@ft.component
def _CopyCard() -> ft.Control:
    """How old this device's copy of the register is, and whether it is being brought up to date."""
    shell, state, workspace = use_shell(), use_device_state(), use_workspace()
    _, texts, copy, status = shell.texts.gettext, shell.texts, state.copy, state.fetching
    rows: list[ft.Control] = [heading(_("Register on this device"))]
    if copy.as_of is None:
        rows.append(ft.Text(_("No copy of the register yet")))
    else:
        held = texts.ngettext("{count} product", "{count} products", copy.products)
        rows += [
            fact(copy.register_name, held.format(count=texts.number(copy.products))),
            fact(_("As of"), texts.moment(copy.as_of)),
        ]
        if not copy.whole:
            rows.append(text(_("The copy is not whole yet."), Type.SMALL))
        if copy.sample:
            rows.append(text(_("Sample data: products and producers are invented."), Type.LABEL))
    rows += [text(line, Type.LABEL) for line in copy_trouble(texts, copy)]
    if status.running:
        rows.append(ft.ProgressBar(value=status.done / status.total if status.total else None))
    elif status.last_problem and status.last_problem != copy.refused:
        rows.append(text(problem_sentence(texts, status.last_problem), Type.SMALL))
    rows.append(
        ft.Row(
            [
                ft.OutlinedButton(
                    _("Update now"),
                    icon=ft.Icons.DOWNLOAD,
                    disabled=status.running,
                    on_click=shell.guard(workspace.fetch_now),
                )
            ]
        )
    )
    return card(*rows)


@ft.component
def _ServerCard() -> ft.Control:
    """The server's address; on the web it is set by the site, and visitors cannot change it."""
    shell, device, workspace = use_shell(), use_device(), use_workspace()
    use_device_state()  # drawn anew when a pass has told whose server it is, or that it has moved
    _ = shell.texts.gettext
    registry = workspace.registry
    address = ft.use_memo(lambda: TextInput(registry.url if registry else ""), [])
    problem, set_problem = ft.use_state("")
    title = heading(_("Server"))

    moved_to = registry.moved_to if registry else None

    async def move() -> None:
        address.put(moved_to or address.text)
        await save()

    async def save() -> None:
        try:
            wanted = server_address(address.text) if address.text.strip() else ""
        except ValueError:
            set_problem(_("This is no address of a server. One looks like https://ocop.example"))
            return
        set_problem("")
        address.put(wanted)
        await asyncio.to_thread(device.settings.change, server=wanted or None)
        await asyncio.to_thread(workspace.connect, wanted or None)
        shell.say(_("Saved. The register is fetched from there now."))

    whose = _whose_server(shell, workspace)
    if shell.page.web:
        return card(title, selectable(registry.url if registry else _("No server is set")), *whose)
    return card(
        title,
        address.draw(
            ft.TextField(label=_("Address"), hint_text="https://", error=problem or None, on_submit=shell.guard(save))
        ),
        ft.Row([ft.OutlinedButton(_("Use this server"), on_click=shell.guard(save))]),
        *([_moved(shell, moved_to, move)] if moved_to else []),
        *whose,
    )


def _moved(shell: Shell, address: str, move: Callable[[], Awaitable[None]]) -> ft.Control:
    """Tell where the server says it stands now, and let the person decide."""
    _ = shell.texts.gettext
    words = _("The server says that it now stands at {address}. Use it only if you know that address.")
    button = ft.FilledTonalButton(_("Change to this address"), icon=ft.Icons.MOVE_UP, on_click=shell.guard(move))
    return known_as("server-moved", panel(selectable(words.format(address=address)), ft.Row([button])))


def _whose_server(shell: Shell, workspace: Workspace) -> list[ft.Control]:
    """What is known of the server at a new address; the person decides where it can prove nothing."""
    _, standing = shell.texts.gettext, workspace.standing
    if standing is Standing.KNOWN or workspace.registry is None:
        return []
    copy = workspace.catalogue.copy

    async def accept(*, same: bool) -> None:
        await asyncio.to_thread(workspace.accept_server, same=same)
        shell.say(_("Saved. The register is fetched from there now."))

    def button(words: str, *, same: bool) -> ft.Control:
        kind = ft.FilledTonalButton if same else ft.OutlinedButton
        return kind(words, on_click=shell.guard(partial(accept, same=same)))

    ways: list[ft.Control] = []
    if standing is Standing.NOT_ASKED:
        words = _("Nothing has answered at this address yet. Nothing is sent there before it has proved what it is.")
    elif standing is Standing.UNPROVED:
        words = _(
            "The server at this address could not prove that it is the register that this device has worked with: "
            "{name}, at {address}. Nothing was sent to it. Is it the same register at a new address? If you are not "
            "sure, ask your office."
        )
        ways = [button(_("It is the same register"), same=True), button(_("It is another register"), same=False)]
    else:
        words = _(
            "At this address there is another register than the one that this device has worked with: {name}, at "
            "{address}. Nothing was sent to it."
        )
        ways = [button(_("Use the other register"), same=False)]
    told: list[ft.Control] = [ft.Text(words.format(name=copy.register_name, address=copy.source))]
    if ways and not shell.page.web:  # a site's visitors do not choose its server
        kept = _("Records that wait for the earlier register stay on this device unless it is the same one.")
        told += [text(kept, Type.SMALL), ft.Row(ways, wrap=True)]
    return [known_as("whose-server", panel(*told, tone=Tone.CAUTION, icon=ft.Icons.DNS))]


@ft.component
def _SendingCard() -> ft.Control:
    """The choice of what may be sent over which connection."""
    shell, device = use_shell(), use_device()
    _ = shell.texts.gettext
    wifi_only, set_wifi_only = ft.use_state(device.settings.value.photos_on_wifi_only)

    async def choose(event: ft.Event[ft.Switch]) -> None:
        chosen = bool(event.data)
        await asyncio.to_thread(device.settings.change, photos_on_wifi_only=chosen)
        set_wifi_only(chosen)
        await asyncio.to_thread(device.wake)

    return card(
        heading(_("Sending records and photos")),
        Labelled(
            _("Send photos only on Wi-Fi"),
            lambda label: ft.Switch(label=label, value=wifi_only, on_change=shell.guard(choose)),
        ),
        text(_("Saves mobile data: records go at once, their photos wait for Wi-Fi or a cable."), Type.SMALL),
    )


@ft.component
def _LabelCard() -> ft.Control:
    """The way to the check of a label's artwork."""
    shell = use_shell()
    _ = shell.texts.gettext
    words = _("Check a label before printing")
    button = ft.OutlinedButton(words, icon=ft.Icons.STRAIGHTEN, on_click=shell.go_to(LABEL_CHECK))
    return card(
        heading(_("Labels")),
        text(_("Codes, sizes, quiet zones, contrast and stars in a label's artwork, before it costs a print run.")),
        ft.Row([known_as("check-label", button)]),
    )


@ft.component
def _LookCard() -> ft.Control:
    """The language, the colours, and on phones whether verdicts are felt."""
    shell, device = use_shell(), use_device()
    _ = shell.texts.gettext
    theme, set_theme = ft.use_state(device.settings.value.theme)

    async def language(event: ft.Event[ft.RadioGroup]) -> None:
        chosen = event.data or "vi"
        await asyncio.to_thread(device.settings.change, language=chosen)
        shell.set_language(chosen)

    async def look(event: ft.Event[ft.RadioGroup]) -> None:
        chosen = event.data or "system"
        await asyncio.to_thread(device.settings.change, theme=chosen)
        set_theme(chosen)
        shell.set_theme(chosen)
        shell.page.update()

    async def tremble(event: ft.Event[ft.Switch]) -> None:
        chosen = bool(event.data)
        await asyncio.to_thread(device.settings.change, haptics=chosen)
        shell.trembles = chosen
        if chosen:
            await let_feel(shell, Tone.CAUTION)

    switch = Labelled(
        _("Tremble by the verdict"),
        lambda label: ft.Switch(label=label, value=device.settings.value.haptics, on_change=shell.guard(tremble)),
    )
    felt: list[ft.Control] = [
        heading(_("Felt without looking")),
        known_as("haptics", switch),
        text(_("Once where all is well, twice where it needs a look, three times where it has ended."), Type.SMALL),
    ]
    return card(
        heading(_("Language")),
        ft.RadioGroup(
            ft.Row([ft.Radio(value=code, label=name) for code, name in LANGUAGES.items()], wrap=True),
            value=shell.texts.language,
            on_change=shell.guard(language),
        ),
        heading(_("Theme")),
        ft.RadioGroup(
            ft.Column([ft.Radio(value=code, label=_(words)) for code, words in _THEMES.items()], spacing=8),
            value=theme,
            on_change=shell.guard(look),
        ),
        *(felt if shell.on_phone else []),
    )


@ft.component
def _AboutCard() -> ft.Control:
    """What this installation is and can do, and the export of all notes."""
    shell, device, state, workspace = use_shell(), use_device(), use_device_state(), use_workspace()
    _ = shell.texts.gettext

    def all_notes() -> list[Note]:
        return device.notebook.notes(viewer=state.viewer, limit=sys.maxsize)

    export = export_handler(shell, device.notebook, all_notes, workspace.now)
    engines = [f"{e.name}: " + _("missing") if isinstance(e, Missing) else f"{e.name} {e.version}" for e in present()]
    return card(
        heading(_("About")),
        fact("OCOP Verify", VERSION),
        fact(_("Decoding engines"), ", ".join(engines)),
        ft.Row([ft.OutlinedButton(_("Export all notes"), icon=ft.Icons.DOWNLOAD, on_click=export)]),
    )
