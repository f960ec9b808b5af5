"""The desktop's camera path, in process: OpenCV reads a video file in place of a camera."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import flet as ft
import flet.canvas as cv
import flet_camera as fc
import numpy as np
import pytest

from services.camera import frames as cameras
from services.camera.frames import CameraError, CameraFault, DesktopCamera
from services.decoding import Corners, FrameTracker, Look, Read, Symbology
from services.workspace import Workspace
from tests.views.conftest import SAMPLES
from tests.views.headless import Client
from views.camera import live
from views.parts.feel import PULSES

Show = Callable[[str | Path], None]


@pytest.fixture
def show(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Show:
    """Makes a picture what the desktop's camera sees, for a second and a half at the pace of a file."""

    def make(picture: str | Path) -> None:
        frame = cv2.resize(cv2.imread(str(picture)), (960, 640))  # type: ignore[arg-type]
        film = tmp_path / f"{Path(picture).stem}.avi"
        writer = cv2.VideoWriter(str(film), cv2.VideoWriter.fourcc(*"MJPG"), 30, (960, 640))
        for _number in range(45):
            writer.write(frame)
        writer.release()
        monkeypatch.setattr(live, "DesktopCamera", lambda: DesktopCamera(str(film)))

    return make


def desktop(workspace: Workspace) -> Client:
    return Client(workspace, platform="linux", width=1200)


def preview(app: Client) -> bytes:
    """What the live picture shows now."""
    source = app.find(ft.Image)[0].src
    assert isinstance(source, bytes)
    return source


async def test_the_picture_is_live_and_a_code_gives_its_verdict(workspace: Workspace, show: Show) -> None:
    show(SAMPLES / "withdrawn.png")
    async with desktop(workspace) as app:
        assert not app.everywhere(fc.Camera), "the plug-in is not there on desktops"
        await app.until(lambda: app.verdict or preview(app).startswith(b"\xff\xd8"))
        await app.until(lambda: app.verdict == "Chứng nhận đã bị thu hồi")
        assert not any(app.called(pulse) for pulse, _times in PULSES.values())


async def test_the_preview_is_what_the_camera_sees(workspace: Workspace, show: Show) -> None:
    show(SAMPLES.parent / "icon.png")
    async with desktop(workspace) as app:
        await app.until(lambda: preview(app).startswith(b"\xff\xd8"))
        shown = cv2.imdecode(np.frombuffer(preview(app), np.uint8), cv2.IMREAD_COLOR)
        seen = cv2.resize(cv2.imread(str(SAMPLES.parent / "icon.png")), (640, 427))  # type: ignore[arg-type]
        assert shown is not None
        assert shown.shape == seen.shape
        assert np.abs(shown.astype(int) - seen.astype(int)).mean() < 5


async def test_the_outline_lies_over_the_preview(
    workspace: Workspace, show: Show, monkeypatch: pytest.MonkeyPatch
) -> None:
    corners: Corners = ((480.0, 320.0), (580.0, 320.0), (580.0, 420.0), (480.0, 420.0))  # right below the middle
    look = Look((), (Read("1", b"1", Symbology.EAN_13, corners, "zbar", "step"),))
    monkeypatch.setattr(FrameTracker, "look", lambda _self, _image, _at: look)
    show(SAMPLES.parent / "icon.png")
    async with desktop(workspace) as app:
        await app.until(lambda: app.find(cv.Canvas))
        (canvas,) = app.find(cv.Canvas)
        await app.fire(canvas, "resize", {"w": 640, "h": 640})  # a frame of 960 x 640 is cut off at both sides
        await app.until(lambda: app.find(cv.Path))
        places = [[(e.x, e.y) for e in path.elements[:-1]] for path in app.find(cv.Path)]  # type: ignore[attr-defined]
        assert places[0] == [(320, 320), (420, 320), (420, 420), (320, 420)]
        assert not app.known("torch")


async def test_a_camera_that_is_pulled_out_gives_its_advice_and_may_come_back(workspace: Workspace, show: Show) -> None:
    show(SAMPLES.parent / "icon.png")
    async with desktop(workspace) as app:
        await app.until(lambda: app.says("Mất máy ảnh"))
        show(SAMPLES / "certified.png")
        await app.tap(ft.FilledTonalButton, "Thử lại")
        await app.until(lambda: app.verdict == "Chứng nhận còn hiệu lực")


class Endless:
    """A capture that shows one grey picture for ever, for `services.cameras` in place of cv2.VideoCapture."""

    def __init__(self) -> None:
        self.released = False

    def read(self) -> tuple[bool, np.ndarray]:
        time.sleep(0.01)
        return True, np.full((48, 64, 3), 128, np.uint8)

    def release(self) -> None:
        self.released = True


@pytest.mark.parametrize("elsewhere", ["/settings", "/samples"])
async def test_leaving_releases_the_camera_and_coming_back_takes_it_again(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, elsewhere: str
) -> None:
    opened: list[Endless] = []

    def open_it(*_arguments: object) -> Endless:
        opened.append(Endless())
        return opened[-1]

    monkeypatch.setattr(cameras, "_open", open_it)
    async with desktop(workspace) as app:
        await app.until(lambda: preview(app).startswith(b"\xff\xd8"))
        await app.go(elsewhere)
        await app.until(lambda: opened[0].released)
        await app.go("/scan")
        await app.until(lambda: preview(app).startswith(b"\xff\xd8"))
        assert [each.released for each in opened] == [True, False]
        await app.life_cycle("hide")
        await app.until(lambda: opened[1].released)


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (CameraFault.NO_CAMERA, "Không thấy máy ảnh"),
        (CameraFault.PERMISSION_DENIED, "Chưa được phép dùng máy ảnh"),
        (CameraFault.IN_USE, "Máy ảnh đang bận"),
    ],
)
async def test_a_camera_that_cannot_be_opened_gives_its_advice(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, fault: CameraFault, words: str
) -> None:
    class Closed(DesktopCamera):
        def start(self) -> None:
            raise CameraError(fault)

    monkeypatch.setattr(live, "DesktopCamera", Closed)
    async with desktop(workspace) as app:
        await app.until(lambda: app.says(words))


@pytest.mark.skipif(sys.platform != "linux" or Path("/dev/video0").exists(), reason="needs a machine without a camera")
async def test_a_machine_without_a_camera_says_so(workspace: Workspace) -> None:
    async with desktop(workspace) as app:
        await app.until(lambda: app.says("Không thấy máy ảnh"))
        assert app.known("code-entry")
