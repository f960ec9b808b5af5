"""What surrounds every screen of one person: the page, the language, the window's width, and ways to tell something."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Awaitable, Callable
from typing import ParamSpec

import flet as ft

from services.storage.store import StoreWriteError
from views.design import INSIDE, Width, width_class
from views.parts.client_answers import answer_of, in_time
from views.parts.places import above
from views.parts.reader import Reader, reader_of
from views.parts.shared import Shared
from views.parts.texts import LANGUAGES, Texts
from views.parts.theme import apply_theme
from views.parts.words import problem_sentence

P = ParamSpec("P")

NAME = "OCOP Verify"
_FOOT = 116
"""So high is a screen's foot with a line above its actions, in logical pixels: a message does not lie over them."""

_UNDO_MS = 10_000
"""How long a button that takes something back stays, in milliseconds: people read the words first."""

log = logging.getLogger(__name__)


class Shell(ft.Observable):
    """The page of one person; a change of language, width or presence redraws the screens that use it.

    `width` is the width class, and `bold` says that lines are heavier for high contrast; `reader` says who uses
    the app, `trembles` whether verdicts are felt, `tones` whether they are heard, and `volume` how loud, in per cent;
    `away` is true while the app is in the background. `client` grows
    with each client that connects again, such as a page that was reloaded, so that everything is drawn anew for it.
    `back_to` gives the address that Back leads to from an address. `waiting` is how many things wait for the person
    among the records.
    """

    def __init__(self, page: ft.Page, language: str, theme: str = "system") -> None:
        self.page = page
        self.set_language(language)
        self._theme = theme
        self._high_contrast = False
        self.reader = Reader.CONSUMER
        self.trembles = True
        self.tones, self.volume = True, 80
        self.width = width_class(page.width or 0)
        self._style()
        self.away = False
        self.waiting = 0
        self.client = 0
        self.back_to: Callable[[str], str] = above

    def measure(self) -> None:
        """Look how wide the page is: the client tells it with every connection, but of a change only once asked to."""
        self.fit(self.page.width or 0)

    def fit(self, pixels: float) -> None:
        """Take note of the window's width in logical pixels; type and layout follow its class."""
        width = width_class(pixels)
        if width is not self.width:
            self.width = width
            self._style()

    @property
    def wide(self) -> bool:
        """Whether there is room for a rail and two panes."""
        return self.width is not Width.COMPACT

    def follow_account(self, role: str | None) -> None:
        """Take note of the role of who is signed in (None: nobody is): the navigation leads to other places then."""
        self.reader = reader_of(role)

    @property
    def signed_in(self) -> bool:
        """Whether there is an account."""
        return self.reader is not Reader.CONSUMER

    def follow_waiting(self, number: int) -> None:
        """Take note of how many things wait for the person: the navigation shows it."""
        if number != self.waiting:
            self.waiting = number

    def set_theme(self, theme: str) -> None:
        """Show everything in `system`, `light`, `dark` or `contrast` from now on."""
        self._theme = theme
        self._style()

    def follow_contrast(self, wished: bool) -> None:
        """Take note of the system's wish for high contrast."""
        if wished is not self._high_contrast:
            self._high_contrast = wished
            self._style()

    def _style(self) -> None:
        self.bold = apply_theme(self.page, self._theme, self.width, high_contrast=self._high_contrast)

    @property
    def on_phone(self) -> bool:
        """Whether the app runs on a phone itself, rather than in a phone's browser."""
        return not self.page.web and self.page.platform in (ft.PagePlatform.ANDROID, ft.PagePlatform.IOS)

    @property
    def on_computer(self) -> bool:
        """Whether this is the app on a computer: not in a browser and not on a phone."""
        return not self.page.web and not self.on_phone

    def name_page(self, title: str) -> None:
        """Say in the browser's tab, and in a window's title, which screen is shown."""
        named = NAME if title in ("", NAME) else f"{title} · {NAME}"
        if self.page.title != named:
            self.page.title = named

            async def tell() -> None:  # once the screen is drawn, which is what asks for this
                self.page.update()

            self.page.run_task(tell)

    def set_language(self, language: str) -> None:
        """Show everything in this language from now on, what Flutter itself says and the page's own language too."""
        self.texts = Texts(language)
        speak(self.page, self.texts.language)

    def say(self, message: str, undo: Callable[[], object] | None = None) -> None:
        """Tell the person something in passing; with `undo`, a button beside it takes back what was done."""
        action = ft.SnackBarAction(self.texts.gettext("Undo"), on_click=self.guard(undo)) if undo else None
        self.page.show_dialog(
            ft.SnackBar(
                ft.Text(message),
                behavior=ft.SnackBarBehavior.FLOATING,
                margin=ft.Margin.only(left=INSIDE, right=INSIDE, bottom=_FOOT),
                show_close_icon=True,
                action=action,
                action_overflow_threshold=1,  # beside the words, so that little is covered
                duration=ft.Duration(milliseconds=_UNDO_MS if undo else 4000),
                persist=False,
            )
        )

    def say_problem(self, code: str) -> None:
        """Tell the person in passing what a problem's code means."""
        self.say(problem_sentence(self.texts, code))

    def guard(self, handler: Callable[P, object]) -> Callable[P, Awaitable[None]]:
        """Wrap an event handler so that an unexpected error is told to person and log, and does not replace the screen.

        A handler, a coroutine function or not, takes the event or nothing.
        """

        async def guarded(*arguments: P.args, **named: P.kwargs) -> None:
            try:
                result = handler(*arguments, **named)
                if inspect.isawaitable(result):
                    await result
            except Exception as error:
                log.exception("a handler failed")
                self.say_problem("not_saved" if isinstance(error, StoreWriteError) else "internal")

        # Flet passes the event to every handler with a parameter, even one with a default.
        needed = [one for one in inspect.signature(handler).parameters.values() if one.default is one.empty]
        vars(guarded)["__signature__"] = inspect.Signature(needed)
        return guarded

    def go_to(self, address: str) -> Callable[[], Awaitable[None]]:
        """Make a handler that opens the screen at this address."""
        return self.guard(lambda: self.page.navigate(address))


def speak(page: ft.Page, language: str) -> None:
    """Let Flutter's own words (a field's counter, the number of tabs) and a web page's `lang` follow the language."""
    supported = [ft.Locale(code) for code in LANGUAGES]
    page.locale_configuration = ft.LocaleConfiguration(supported, ft.Locale(language))


use_shell = Shared[Shell]()


def use_texts() -> Texts:
    """Hook: the words of the person's language."""
    return use_shell().texts


async def device_language(page: ft.Page) -> str:
    """The device's language: English if it prefers that, else Vietnamese."""
    try:
        info = await answer_of(page, lambda: in_time(page.get_device_info()))
    except (TimeoutError, RuntimeError, ft.FletUnsupportedPlatformException):
        info = None
    languages = [locale.language_code for locale in info.locales] if info and info.locales else []
    if not languages and isinstance(info, ft.WebDeviceInfo) and info.language:
        languages = [info.language]
    return "en" if languages and languages[0].lower().startswith("en") else "vi"
