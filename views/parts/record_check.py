"""Checks the file of a round's record that the person has given, by this device's copy of the register."""

from __future__ import annotations

import asyncio

from services.papers.checking import check_pdf
from services.papers.file_form import BadFile
from services.papers.trust import Trust
from services.workspace import Workspace
from views.parts.places import PAPER
from views.parts.scanning import RecordFile, Scanning
from views.parts.shell import Shell


async def check_record_file(
    shell: Shell, scanning: Scanning, workspace: Workspace, name: str, content: bytes | None
) -> None:
    """Check a file and lead to the screen that shows it; no `content` where it could not be read."""
    if content is None:
        scanning.record_file = RecordFile(name, None, "file_unreadable")
    else:
        trust = Trust.of(workspace.catalogue.register)
        try:
            checked = await asyncio.to_thread(check_pdf, content, trust)
            scanning.record_file = RecordFile(name, checked)
        except BadFile as bad:
            scanning.record_file = RecordFile(name, None, bad.reason)
    if shell.page.route.partition("?")[0] != PAPER:
        shell.page.navigate(PAPER)
