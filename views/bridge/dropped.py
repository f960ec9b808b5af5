"""Takes a picture that was dropped on a browser's page or pasted into it to its verdict."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from services.camera.frames import CameraFault
from services.workspace import Workspace
from views.parts.picture_verdict import judge_picture, one_alone
from views.parts.scanning import Scanning
from views.parts.shell import Shell
from views.parts.words import problem_sentence

MOST_PICTURE_BYTES = 20 * 1000 * 1000
"""The largest picture that is taken; assets/pictures.js knows the same bound and sends no more."""

_PROBLEMS = ("too_big", "file_unreadable")
"""Why a page may send no picture; each is a problem's code (views.parts.words)."""


@dataclass(frozen=True)
class Dropped:
    """A file that was dropped or pasted, or why it was not sent (one of _PROBLEMS), and how many came with it."""

    content: bytes
    problem: str | None = None
    others: int = 0

    @classmethod
    def of(cls, headers: Mapping[str, str], content: bytes) -> Dropped:
        """Read a message. Raises ValueError where it is none."""
        problem, others = headers.get("x-problem"), int(headers.get("x-others", "0"))
        if problem not in (None, *_PROBLEMS) or not 0 <= others < 10_000 or bool(content) == bool(problem):
            raise ValueError("no picture")
        return cls(content, problem, others)


class PictureDrop:
    """The pictures of one person's page. `shell`, `scanning` and `workspace` are set once the app is open."""

    def __init__(self) -> None:
        self.shell: Shell | None = None
        self.scanning: Scanning | None = None
        self.workspace: Workspace | None = None

    async def take(self, dropped: Dropped) -> None:
        """Lead to the picture's verdict, or say why there is none; ends when that is done.

        Raises RuntimeError while nobody could be told.
        """
        shell, scanning, workspace = self.shell, self.scanning, self.workspace
        if shell is None or scanning is None or workspace is None or shell.page.session.expires_at is not None:
            raise RuntimeError("the app is not open")

        async def judge() -> None:
            if dropped.problem:
                words = problem_sentence(shell.texts, dropped.problem)
                shell.say(" ".join([words, *one_alone(shell.texts, dropped.others)]))
            else:
                await judge_picture(shell, scanning, workspace, dropped.content, others=dropped.others)

        await self._run(shell, judge)

    async def learn(self, fault: CameraFault | None) -> None:
        """Take note of why the page can have no camera: pictures lead then. Raises RuntimeError as above."""
        shell, scanning = self.shell, self.scanning
        if shell is None or scanning is None:
            raise RuntimeError("the app is not open")

        async def note() -> None:
            scanning.no_camera = fault

        await self._run(shell, note)

    @staticmethod
    async def _run(shell: Shell, doing: Callable[[], Awaitable[None]]) -> None:
        """Run something as a handler of that page: what it changes is drawn there."""
        await asyncio.wrap_future(shell.page.run_task(shell.guard(doing)))
