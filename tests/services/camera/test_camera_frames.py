"""Camera frames: the newest wins, one is read at a time and off the event loop, and every fault has its name."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from services.camera.frames import (
    CameraError,
    CameraFault,
    DesktopCamera,
    FrameReader,
    SeenFrame,
    fault_of,
    preview_jpeg,
)
from services.decoding import FrameTracker, Look
from services.decoding.tracker import QUIET
from tests.services.decoding.pictures import LINK, Gray, qr

FRAMES = 12


def jpeg(image: Gray) -> bytes:
    return bytes(cv2.imencode(".jpg", image)[1])


def brightness(number: int) -> int:
    return 20 * number


@pytest.fixture
def film(tmp_path: Path) -> Path:
    """A real video file whose frame n (from 1) is of brightness 20 n."""
    path = tmp_path / "film.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 10, (320, 240))
    assert writer.isOpened()
    for number in range(1, FRAMES + 1):
        writer.write(np.full((240, 320, 3), brightness(number), np.uint8))
    writer.release()
    return path


@pytest.fixture
def camera(film: Path) -> Iterator[DesktopCamera]:
    camera = DesktopCamera(str(film))
    camera.start()
    yield camera
    camera.stop()


def wait_for(what: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_who_comes_late_gets_the_newest_frame_and_not_the_first(camera: DesktopCamera) -> None:
    wait_for(lambda: camera.latest(FRAMES - 1, timeout=0.05) is not None)
    newest = camera.latest(0)
    assert newest is not None
    number, frame = newest
    assert number == FRAMES
    assert abs(int(frame.mean()) - brightness(FRAMES)) < 6


def test_frames_come_in_order_each_once_and_then_the_camera_is_gone(camera: DesktopCamera) -> None:
    seen = [0]

    def watch() -> None:
        while True:
            newer = camera.latest(seen[-1])
            if newer is not None:
                assert abs(int(newer[1].mean()) - brightness(newer[0])) < 6
                seen.append(newer[0])

    with pytest.raises(CameraError) as caught:
        watch()
    assert caught.value.fault is CameraFault.UNPLUGGED
    assert seen == sorted(set(seen))
    assert seen[-1] == FRAMES


def test_a_stopped_camera_is_released_and_can_be_started_again(camera: DesktopCamera) -> None:
    def threads() -> int:
        return sum(thread.name == "camera" for thread in threading.enumerate())

    assert threads() == 1
    camera.stop()
    assert threads() == 0
    camera.stop()
    camera.start()
    assert threads() == 1


def test_a_camera_that_is_not_there_is_said_when_it_is_opened(tmp_path: Path) -> None:
    for source in (97, str(tmp_path / "none.avi")):
        with pytest.raises(CameraError) as caught:
            DesktopCamera(source).start()
        assert caught.value.fault is CameraFault.NO_CAMERA


class SlowTracker(FrameTracker):
    """The real tracker, held up until the test lets it go, so that a frame is in flight for sure."""

    def __init__(self) -> None:
        super().__init__()
        self.go_on = threading.Event()
        self.threads: list[int] = []

    def look(self, image: Gray, at: float, *, budget: float = 0.1) -> Look:
        self.threads.append(threading.get_ident())
        assert self.go_on.wait(20)
        return super().look(image, at, budget=30)


def test_a_frame_is_dropped_while_another_is_read_and_none_on_the_event_loop() -> None:
    tracker = SlowTracker()
    reader = FrameReader(tracker)

    async def frames() -> tuple[SeenFrame | None, list[SeenFrame | None], SeenFrame | None, int]:
        first = asyncio.create_task(reader.read(jpeg(qr())))
        while not tracker.threads:
            await asyncio.sleep(0.001)
        dropped = [await reader.read(jpeg(qr())) for _ in range(5)]
        tracker.go_on.set()
        return await first, dropped, await reader.read(qr()), threading.get_ident()

    first, dropped, second, loop = asyncio.run(frames())
    assert first is not None
    assert [symbol.text for symbol in first.look.new] == [LINK]
    assert (first.height, first.width) == qr().shape
    assert first.ms > 0
    assert first.light > 200
    assert dropped == [None] * 5
    assert second is not None
    assert {read.text for read in second.look.visible} == {LINK}
    assert len(tracker.threads) == 2
    assert loop not in tracker.threads


def test_a_decode_that_nobody_waits_for_any_more_is_still_the_only_one() -> None:
    tracker = SlowTracker()
    reader = FrameReader(tracker)

    async def frames() -> tuple[list[SeenFrame | None], SeenFrame | None]:
        first = asyncio.create_task(reader.read(qr()))
        while not tracker.threads:
            await asyncio.sleep(0.001)
        first.cancel()  # as when the camera's screen is left
        with pytest.raises(asyncio.CancelledError):
            await first
        dropped = [await reader.read(qr()) for _ in range(3)]
        tracker.go_on.set()
        while (later := await reader.read(qr())) is None:
            await asyncio.sleep(0.001)
        return dropped, later

    dropped, later = asyncio.run(frames())
    assert dropped == [None] * 3
    assert later is not None
    assert len(tracker.threads) == 2


def test_a_frame_from_before_a_break_brings_nothing_after_it() -> None:
    tracker = SlowTracker()
    reader = FrameReader(tracker)

    async def frames() -> list[SeenFrame | None]:
        before = asyncio.create_task(reader.read(qr()))
        while not tracker.threads:
            await asyncio.sleep(0.001)
        reader.resume()
        tracker.go_on.set()
        return [await before, await reader.read(qr())]

    before, after = asyncio.run(frames())
    assert before is None
    assert after is not None
    assert {read.text for read in after.look.visible} == {LINK}
    assert after.look.new == (), "what the frame from before has seen is mute"


@pytest.mark.parametrize("frame", [b"", b"\xff\xd8\xff\xe0", b"<html></html>", jpeg(qr())[:40]])
def test_a_frame_that_is_no_picture_is_passed_over(frame: bytes) -> None:
    reader = FrameReader(FrameTracker())

    async def frames() -> tuple[SeenFrame | None, SeenFrame | None]:
        return await reader.read(frame), await reader.read(jpeg(qr()))

    broken, whole = asyncio.run(frames())
    assert broken is None
    assert whole is not None
    assert [symbol.text for symbol in whole.look.new] == [LINK]


def test_after_a_break_the_code_still_in_view_is_mute() -> None:
    reader = FrameReader(FrameTracker())

    async def frames() -> list[SeenFrame | None]:
        before = await reader.read(qr())
        reader.resume()
        return [before, await reader.read(qr())]

    assert [[s.text for s in sight.look.new] for sight in asyncio.run(frames()) if sight] == [[LINK], []]


def test_the_moment_after_a_break_begins_with_the_first_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr(
        "services.camera.frames.time", SimpleNamespace(monotonic=lambda: now, perf_counter=time.perf_counter)
    )
    reader = FrameReader(FrameTracker())

    async def frames() -> list[SeenFrame | None]:
        nonlocal now
        seen = [await reader.read(qr())]
        reader.resume()
        now += 2 * QUIET  # the camera opens slowly
        await reader.read(b"")
        for step in (1.0, QUIET - 0.1, 0.1):
            now += step
            seen.append(await reader.read(qr()))
        return seen

    seen = [sight for sight in asyncio.run(frames()) if sight]
    assert [[s.text for s in sight.look.new] for sight in seen] == [[LINK], [], [], [LINK]]
    assert [(sight.at, sight.since) for sight in seen[1:]] == [(107.0, 107.0), (109.9, 107.0), (110.0, 107.0)]


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        # Flutter's camera plugin on the web, as flet_camera passes it on.
        ("CameraException(cameraNotFound, No camera found for the given camera options.)", CameraFault.NO_CAMERA),
        ("CameraException(CameraAccessDenied, The user did not grant permission.)", CameraFault.PERMISSION_DENIED),
        ("CameraException(cameraNotReadable, The camera is not readable.)", CameraFault.IN_USE),
        ("CameraException(cameraNotSupported, The camera is not supported on this device.)", CameraFault.INSECURE_PAGE),
        ("CameraException(cameraSecurity, Media support is disabled.)", CameraFault.INSECURE_PAGE),
        ("CameraException(cameraAbort, Some problem occurred.)", CameraFault.FAILED),
        ("CameraException(torchModeNotSupported, The torch mode is not supported.)", CameraFault.FAILED),
        # On phones.
        ("CameraException(CameraAccessDeniedWithoutPrompt, Go to settings.)", CameraFault.PERMISSION_DENIED),
        ("CameraException(CameraAccessRestricted, Camera access is restricted.)", CameraFault.PERMISSION_DENIED),
        ('CAMERA_IN_USE (4): connectHelper:1769: Camera "0" is already open', CameraFault.IN_USE),
        ("The camera device is in use already", CameraFault.IN_USE),
        ("CAMERA_DISCONNECTED (2): checkPidStatus:2157", CameraFault.UNPLUGGED),
        # Browsers (W3C Media Capture and Streams, getUserMedia).
        ("NotAllowedError: Permission denied", CameraFault.PERMISSION_DENIED),
        ("NotFoundError: Requested device not found", CameraFault.NO_CAMERA),
        ("NotReadableError: Could not start video source", CameraFault.IN_USE),
        ("SecurityError: The operation is insecure.", CameraFault.INSECURE_PAGE),
        ("NotSupportedError: Only secure origins are allowed", CameraFault.INSECURE_PAGE),
        ("OverconstrainedError", CameraFault.FAILED),
        ("", CameraFault.FAILED),
    ],
)
def test_the_words_of_browsers_and_phones_become_a_fault(words: str, fault: CameraFault) -> None:
    assert fault_of(words) is fault


def test_a_preview_is_a_jpeg_no_wider_than_asked_and_never_enlarged() -> None:
    for width, shown in ((1280, 640), (320, 320)):
        small = cv2.imdecode(
            np.frombuffer(preview_jpeg(np.full((240, width, 3), 90, np.uint8)), np.uint8), cv2.IMREAD_COLOR
        )
        assert small is not None
        assert small.shape[1] == shown
        assert abs(int(small.mean()) - 90) < 4
