"""The camera's state as one small machine: what happens goes in as an event, the next state comes out.

Every way to a picture (a browser's, a phone's, a desktop's) goes through it. Opening the camera is one run with a
number; what is heard of an earlier run is out of date and changes nothing. A client that connects again is a new one:
a page that was reloaded knows nothing of a camera that was opened before, and never answers what was asked of the page
before it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from services.camera.frames import CameraFault


class Phase(StrEnum):
    """Where the camera is."""

    PAUSED = "paused"
    """Released, because nobody looks at its picture."""
    ASKING = "asking"
    """Being opened; the person may be asked whether the app may use it."""
    STARTING = "starting"
    """Opened; no picture has come yet."""
    LIVE = "live"
    """Pictures come."""
    STOPPED = "stopped"
    """There is no picture; `fault` is why."""


@dataclass(frozen=True)
class CameraState:
    """One state; `fault` is set exactly where the phase is STOPPED.

    `run` is the number of the opening, `client` the number of the client that it is asked of. `slow`: the opening has
    taken so long that the person should be told what may hold it up.
    """

    phase: Phase = Phase.PAUSED
    fault: CameraFault | None = None
    run: int = 0
    client: int = 0
    slow: bool = False

    @property
    def runs(self) -> bool:
        """Whether the camera is open or being opened."""
        return self.phase in (Phase.ASKING, Phase.STARTING, Phase.LIVE)


@dataclass(frozen=True)
class Seen:
    """Whether the picture is looked at now, and by which client: sent before each drawing."""

    shown: bool
    client: int


@dataclass(frozen=True)
class Retried:
    """The person asks for another try."""


@dataclass(frozen=True)
class Drawn:
    """The control that opens the camera of a run has been drawn: for the first time, or anew in another place."""

    run: int


@dataclass(frozen=True)
class TookLong:
    """The opening of a run is still under way after some seconds."""

    run: int


@dataclass(frozen=True)
class Opened:
    """The camera of a run is open."""

    run: int


@dataclass(frozen=True)
class PictureCame:
    """A picture of a run has come."""

    run: int


@dataclass(frozen=True)
class StoodStill:
    """The pictures of a run have been the very same for so long that the camera may have been taken away."""

    run: int


@dataclass(frozen=True)
class Failed:
    """A run has ended without a picture, or there are no more."""

    run: int
    fault: CameraFault


Event = Seen | Retried | Drawn | TookLong | Opened | PictureCame | StoodStill | Failed


def after(state: CameraState, event: Event) -> CameraState:
    """The state that follows on an event."""
    match event:
        case Seen(shown=False):
            return CameraState(run=state.run, client=event.client)
        case Seen() if state.phase is Phase.PAUSED or state.client != event.client:
            return _opening(state, event.client)
        case Retried():
            return _opening(state, state.client)
        case Seen():
            return state
    if event.run != state.run or not state.runs:
        return state
    match event, state.phase:
        case Failed(), _:
            return replace(state, phase=Phase.STOPPED, fault=event.fault, slow=False)
        case Drawn(), _:
            return replace(state, phase=Phase.ASKING, slow=False)
        case TookLong(), Phase.ASKING | Phase.STARTING:
            return replace(state, slow=True)
        case Opened(), Phase.ASKING:
            return replace(state, phase=Phase.STARTING)
        case PictureCame(), Phase.STARTING:
            return replace(state, phase=Phase.LIVE, slow=False)
        case StoodStill(), Phase.LIVE:
            return _opening(state, state.client)  # whoever may no longer use the camera is told so when asking anew
    return state


def _opening(state: CameraState, client: int) -> CameraState:
    return CameraState(Phase.ASKING, run=state.run + 1, client=client)


STILL_FOR = 3.0
"""Pictures of a camera always differ by its noise; the very same ones for so many seconds need a look (seconds)."""


class StillPictures:
    """Notices that a camera gives the very same picture again and again: told once, until a picture differs again.

    A track that has ended (permission taken away, camera unplugged) leaves a browser's last picture standing.
    """

    def __init__(self) -> None:
        self._picture: bytes | None = None
        self._since = 0.0
        self._told = False

    def told(self, picture: bytes, at: float) -> bool:
        """Take a picture that came at a time (monotonic seconds); true where it is time to look what is the matter."""
        if picture != self._picture:
            self._told = self._told and self._picture is None  # the first after a look is no news yet
            self._picture, self._since = picture, at
            return False
        if self._told or at - self._since < STILL_FOR:
            return False
        self._told = True
        self._picture = None
        return True
