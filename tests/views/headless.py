"""The app in this process, without a window: a real Flet session whose client is played by the test.

It uses non-public parts of Flet, whose version is pinned. What the app sends is encoded as for a real client, because
Flet compares the next drawing with what it has encoded.
"""

from __future__ import annotations

import asyncio
import dataclasses
import inspect
import time
from collections.abc import Callable, Coroutine, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from operator import itemgetter
from types import TracebackType
from typing import Any, NamedTuple, Self, TypeVar

import flet as ft
import msgpack  # type: ignore[import-untyped]
from flet.components.component import Component
from flet.controls.base_control import BaseControl
from flet.controls.context import _context_page, context
from flet.messaging.connection import Connection
from flet.messaging.protocol import Message, MessageAction, configure_encode_object_for_msgpack
from flet.messaging.session import Session as FletSession
from flet.pubsub.pubsub_hub import PubSubHub

from services.workspace import Workspace
from views.app import OpenApp, start

C = TypeVar("C", bound=BaseControl)

NEVER = object()
"""The answer of a client that does not answer."""

_WORDS = ("value", "content", "label", "text", "title", "helper", "error", "tooltip", "semantics_label", "semantics")


class Call(NamedTuple):
    """A method that the app has called in the client: of which control, its arguments as they went over the wire."""

    method: str
    arguments: dict[str, Any]
    control: int


class _Wire(Connection):
    """Takes what the session sends, as a transport would."""

    def __init__(self, client: Client) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.loop = asyncio.get_running_loop()
        self.executor = ThreadPoolExecutor(1)
        self.pubsubhub = PubSubHub(loop=self.loop, executor=self.executor)
        self.page_url = client.url
        self._client = client
        self._encode = configure_encode_object_for_msgpack(BaseControl)  # type: ignore[no-untyped-call]

    def encoded(self, thing: object) -> Any:
        """What arrives of `thing` at the client."""
        return msgpack.unpackb(msgpack.packb(thing, default=self._encode), strict_map_key=False)

    def send_message(self, message: Message) -> None:
        self._client.receive(message.action, self.encoded(message.body))

    def dispose(self) -> None:
        self.executor.shutdown(wait=False)


class Client:
    """A person's device with the app open on it: `async with Client(workspace) as app`; None: an empty page.

    `answers` are the values that methods of the client return, by the method's name; a function, coroutine or not, is
    called with the Call, and an exception that it raises is told to the app as Flet's client does. What is not named
    returns None.
    """

    def __init__(
        self,
        workspace: Workspace | None,
        *,
        platform: str = "android",
        web: bool = False,
        url: str = "http://127.0.0.1:8550",
        route: str = "/scan",
        width: float = 412,
        answers: Mapping[str, Any] | None = None,
    ) -> None:
        self.workspace = workspace
        self.url = url
        self.answers: dict[str, Any] = {
            "get_connectivity": ["wifi"],
            "get_device_info": _no_device_info,
            "push_route": self._push,
            **(answers or {}),
        }
        self.calls: list[Call] = []
        self.patches: list[Any] = []
        self.crashes: list[str] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._told = {
            "platform": platform,
            "web": web,
            "width": width,
            "height": 915,
            "route": route,
            "pwa": False,
            "media": {},
            "url": url,
        }

    async def __aenter__(self) -> Self:
        self._wire = _Wire(self)
        self._flet = FletSession(self._wire)
        self.page: ft.Page = self._flet.page
        _context_page.set(self.page)  # the tasks that are begun from here on inherit it
        self._flet.apply_page_patch(self._told)
        self._wire.encoded(self._flet.get_page_patch())  # type: ignore[no-untyped-call]
        context.reset_auto_update()  # type: ignore[no-untyped-call]
        if self.workspace:
            self.session: OpenApp = await start(self.page, self.workspace)
        await self._flet.after_event(self.page)
        await self.settle()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._flet.close()  # type: ignore[no-untyped-call]
        await self.settle()
        for task in self._tasks:
            task.cancel()
        self._wire.dispose()
        if kind is None:
            assert not self.crashes, self.crashes

    # What the app does with the client

    def receive(self, action: MessageAction, body: Any) -> None:
        """Take a message of the app's."""
        if action is MessageAction.PATCH_CONTROL:
            self.patches.append(body["patch"])
        elif action is MessageAction.SESSION_CRASHED:
            self.crashes.append(body["message"])
        elif action is MessageAction.INVOKE_METHOD:
            call = Call(body["name"], body.get("args") or {}, body["control_id"])
            self.calls.append(call)
            self._in_background(self._answer(call, body["call_id"]))

    async def _answer(self, call: Call, number: str) -> None:
        answer, error = self.answers.get(call.method), None
        try:
            answer = answer(call) if callable(answer) else answer
            answer = await answer if inspect.isawaitable(answer) else answer
        except Exception as raised:
            answer, error = None, str(raised)
        if answer is not NEVER:
            self._flet.handle_invoke_method_results(call.control, number, answer, error)

    def _push(self, call: Call) -> None:
        self._in_background(self.go(call.arguments["route"]))

    def _in_background(self, doing: Coroutine[Any, Any, None]) -> None:
        task = self._wire.loop.create_task(doing)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def called(self, method: str) -> list[dict[str, Any]]:
        """The arguments of each call of a method so far."""
        return [call.arguments for call in self.calls if call.method == method]

    # What the person sees

    @property
    def views(self) -> list[ft.View]:
        """The screens, the one on top last."""
        return [control for control in _walk(self.page.views) if isinstance(control, ft.View)]

    def controls(self) -> Iterator[BaseControl]:
        """Everything on the top screen, and the dialogs over it."""
        yield from _walk(self.views[-1])
        yield from _walk([dialog for dialog in self.page._dialogs.controls if dialog.open])

    def everywhere(self, kind: type[C]) -> list[C]:
        """All controls of a kind, on every screen that is there."""
        return [control for control in _walk(self.page.views) if isinstance(control, kind)]

    def find(self, kind: type[C], words: str | None = None) -> list[C]:
        """The controls of a kind on the top screen that say exactly these words, or all of them."""
        found = [control for control in self.controls() if isinstance(control, kind)]
        return [control for control in found if words is None or words in _words(control)]

    def one(self, kind: type[C], words: str | None = None) -> C:
        """The only such control."""
        found = self.find(kind, words)
        assert len(found) == 1, (kind.__name__, words, len(found), self.words())
        return found[0]

    def known(self, identifier: str) -> list[ft.Semantics]:
        """What carries this semantics identifier on the top screen."""
        return [control for control in self.find(ft.Semantics) if control.identifier == identifier]

    def within(self, identifier: str, kind: type[C]) -> C:
        """The control of a kind inside what carries this semantics identifier."""
        (place,) = self.known(identifier)
        return next(control for control in _walk(place) if isinstance(control, kind))

    def inside(self, identifier: str, kind: type[C]) -> list[C]:
        """The controls of a kind inside all that carries this semantics identifier, from above."""
        return [control for control in _walk(self.known(identifier)) if isinstance(control, kind)]

    def row(self, identifier: str, words: str) -> ft.OutlinedButton:
        """The only row of a list that says exactly these words."""
        rows = [[*_walk(place)] for place in self.known(identifier)]
        (row,) = [row for row in rows if any(isinstance(one, ft.Text) and one.value == words for one in row)]
        return next(one for one in row if isinstance(one, ft.OutlinedButton))

    def words(self) -> list[str]:
        """All that is written on the top screen, in order."""
        return [text for control in self.controls() for text in _own_words(control)]

    def says(self, words: str) -> bool:
        """Whether these words are written somewhere on the top screen."""
        return any(words in text for text in self.words())

    @property
    def verdict(self) -> str | None:
        """The word of the verdict on the screen, as a screen reader says it."""
        found = self.known("verdict")
        return found[0].label if found else None

    # What the person does

    async def fire(self, control: BaseControl, event: str, data: Any = None) -> None:
        """Tell the app of an event, as the client does where the control has a handler for it."""
        assert getattr(control, f"on_{event}"), f"nobody hears {event} of {control}"
        await self._flet.dispatch_event(control._i, event, data)
        await self.settle()

    async def tap(self, kind: type[BaseControl], words: str) -> None:
        """Tap a control that says these words."""
        control = self.one(kind, words)
        assert not control.disabled, words  # type: ignore[attr-defined]
        await self.fire(control, "click")

    async def change(self, control: BaseControl, value: Any) -> None:
        """Put a value into a field, a switch or a choice: the client tells the value always, the event where heard."""
        if control.on_change:  # type: ignore[attr-defined]
            await self.choose(control, "value", value)
        else:
            self._flet.apply_patch(control._i, {"value": value})

    async def choose(
        self, control: BaseControl, field: str, value: Any, meanwhile: Callable[[], object] | None = None
    ) -> None:
        """Choose something: the client tells what the control shows from now on, and then that it was chosen.

        What `meanwhile` changes is drawn between the two messages.
        """
        self._flet.apply_patch(control._i, {field: value})
        if meanwhile:
            meanwhile()
            await self.settle()
        await self.fire(control, "change", value)

    async def go(self, route: str) -> None:
        """Open an address."""
        self._flet.apply_page_patch({"route": route})
        await self.fire(self.page, "route_change", {"route": route})

    async def life_cycle(self, *states: str) -> None:
        """The device says that the app changes to these states, one after another."""
        for state in states:
            await self.fire(self.page, "app_lifecycle_state_change", {"state": state})

    async def press(self, *keys: str, shift: bool = False) -> None:
        """Press keys."""
        held = {"shift": shift, "ctrl": False, "alt": False, "meta": False}
        for key in keys:
            await self._flet.dispatch_event(self.page._i, "keyboard_event", {"key": key, **held})
        await self.settle()

    async def lose_connection(self) -> None:
        """The browser's connection breaks off: what changes from now on does not reach it."""
        self._flet.connection.dispose = lambda: None  # type: ignore[method-assign]
        await self._flet.disconnect(60)

    async def regain_connection(self) -> None:
        """The browser connects again within the time that the session is kept."""
        await self._flet.connect(self._wire)
        await self.settle()

    async def settle(self, turns: int = 10) -> None:
        """Let the app do what it does without waiting for anything."""
        for _turn in range(turns):
            await asyncio.sleep(0)
        await asyncio.sleep(0.005)

    async def until(self, true: Callable[[], Any], seconds: float = 10) -> None:
        """Wait until it is true; what is on the screen is told where it does not become so."""
        if not await until(true, seconds):
            raise AssertionError(f"not within {seconds} s; the screen says {self.words()}; calls {self.calls[-5:]}")


async def until(true: Callable[[], Any], seconds: float = 10) -> bool:
    """Wait until it is true, and give whether it has become so."""
    ends = time.monotonic() + seconds
    while not true() and time.monotonic() < ends:
        await asyncio.sleep(0.005)
    return bool(true())


def _no_device_info(_call: Call) -> None:
    raise RuntimeError("this device tells nothing of itself")


def _walk(thing: Any) -> Iterator[BaseControl]:
    """The controls in a control, as the client draws them."""
    waiting = [thing]
    while waiting:
        thing = waiting.pop()
        if isinstance(thing, (list, tuple)):
            waiting.extend(reversed(thing))
        elif isinstance(thing, BaseControl):
            if not isinstance(thing, Component):
                yield thing
            waiting.extend(reversed(_parts(thing)))


def _parts(control: BaseControl) -> list[Any]:
    """What a control holds that may be others, in the order of its fields. Flet keeps apart what is not the default."""
    kind: Any = type(control)
    places, plain = _fields(kind)
    held = [(places[name], value) for name, value in control._values.items() if name in places]
    held += [(places[name], getattr(control, name, None)) for name in plain]
    parts = [(place, value) for place, value in held if isinstance(value, (list, tuple, BaseControl))]
    return [value for _place, value in sorted(parts, key=itemgetter(0))]


@cache
def _fields(kind: Any) -> tuple[dict[str, int], tuple[str, ...]]:
    """The fields of a kind of control with their places, and those that hold their value themselves."""
    names = [f.name for f in dataclasses.fields(kind) if not f.metadata.get("skip") and f.name != "_parent"]
    return {name: place for place, name in enumerate(names)}, tuple(n for n in names if n in kind._structural_fields)


def _own_words(control: BaseControl) -> list[str]:
    return [text for name in _WORDS if isinstance(text := getattr(control, name, None), str) and text]


def _words(control: BaseControl) -> list[str]:
    """The words that a control is found by: its own, and those of a label that is a text of its own."""
    label = getattr(control, "label", None)
    return [*_own_words(control), *([label.value] if isinstance(label, ft.Text) else [])]
