"""The tones of verdicts: their files, and what is played."""

from __future__ import annotations

import subprocess
import sys
import wave
from pathlib import Path

import pytest

from services.workspace import Workspace
from tests.views.headless import Call, Client
from views.parts.sounds import KLASSES, play, prepare

ROOT = Path(__file__).resolve().parents[3]


def test_the_files_are_what_the_script_makes_and_short() -> None:
    made = subprocess.run([sys.executable, ROOT / "scripts/make_tones", "--check"], capture_output=True, check=False)
    assert made.returncode == 0, made.stderr
    files = sorted((ROOT / "assets/tones").glob("*.wav"))
    assert [file.stem for file in files] == sorted(KLASSES)
    for file in files:
        with wave.open(str(file)) as tone:
            assert tone.getnframes() / tone.getframerate() < 0.5
        assert file.stat().st_size < 16_000


async def test_nothing_is_fetched_before_it_is_needed(workspace: Workspace) -> None:
    async with Client(workspace) as app:
        await app.settle()
        assert "tones/" not in str(app.patches), "a first visit fetches none"
        prepare(app.session.shell)
        app.page.update()
        await app.until(lambda: "tones/good.wav" in str(app.patches))


async def test_a_browser_that_refuses_sound_is_told_apart(workspace: Workspace) -> None:
    refuses = True

    def answer(_call: Call) -> None:
        if refuses:
            raise RuntimeError(
                "NotAllowedError: play() failed because the user didn't interact with the document first"
            )

    async with Client(workspace, answers={"play": answer}) as app:
        shell = app.session.shell
        prepare(shell)
        assert not await play(shell, "good")
        refuses = False
        assert await play(shell, "good")


@pytest.mark.parametrize(("tones", "volume"), [(False, 80), (True, 0)])
async def test_a_tone_that_is_switched_off_is_not_played(workspace: Workspace, tones: bool, volume: int) -> None:
    async with Client(workspace) as app:
        shell = app.session.shell
        shell.tones, shell.volume = tones, volume
        assert not await play(shell, "good")
        assert app.called("play") == []
