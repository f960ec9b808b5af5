"""A place where a test backs up and restores."""

from __future__ import annotations

import io
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from installation import installation
from registry_notes import Sender, photo_of, picture

PASSPHRASE = "một câu đủ dài để giữ khóa"


class Place:
    """Where a test backs up and restores; `move` leads to an empty installation, as after the loss of a machine."""

    def __init__(self, root: Path, settings: Any, stack: ExitStack, template: Path) -> None:
        self.to, self._root, self._settings, self._stack = root / "to", root, settings, stack
        stack.enter_context(installation(root / "data", settings, template=template))

    @property
    def data(self) -> Path:
        return Path(self._settings.DATA_DIR)

    def move(self) -> None:
        self._stack.enter_context(installation(self._root / "elsewhere", self._settings))

    def note(self, *colours: str) -> dict[str, Any]:
        """A note that was sent with photos."""
        sender, photos = Sender(Client()), [picture(colour) for colour in colours]
        document = sender.note(photos=[photo_of(photo) for photo in photos])
        assert sender.put_note(document).status_code == 201
        for photo in photos:
            assert sender.put_photo(document["id"], photo).status_code == 201
        return document

    def back_up(self, *options: str) -> str:
        return run("back_up", str(self.to), *options)

    def restore(self, *options: str) -> str:
        return run("restore", str(self.to), *options)

    @property
    def names(self) -> list[str]:
        return sorted(path.name for path in self.to.iterdir() if path.name[0].isdigit())

    @property
    def kept(self) -> set[str]:
        return {path.name for path in (self.to / "files").rglob("*") if path.is_file()}


def run(command: str, *options: str) -> str:
    told = io.StringIO()
    call_command(command, *options, stdout=told)
    return told.getvalue()


def refused(command: Callable[[], object]) -> str:
    with pytest.raises(CommandError) as told:
        command()
    return str(told.value)
