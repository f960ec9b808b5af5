"""Steps that note that they were taken and read nothing."""

from __future__ import annotations

from collections.abc import Callable

from services.decoding.cascade import Step
from services.decoding.engines import Engine, EngineRead
from services.decoding.picture import Picture


def noting(asked: list[str], name: str, *, always: bool = False, doing: Callable[[], object] = lambda: None) -> Step:
    """A step that adds its name to `asked`, then does something."""

    def look(_picture: Picture, _engine: Engine, _deadline: float) -> list[EngineRead]:
        asked.append(name)
        doing()
        return []

    return Step(name, "pyzbar", look, always=always)
