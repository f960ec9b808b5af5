from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from PIL import Image, ImageDraw

from services.notes.content import NotedCode, NotedVerdict
from services.rounds.inspection import Compared, Found, InspectionDraft
from services.rounds.place import Place, PlaceKind
from services.rounds.round import OpenRound
from services.workspace import Device, Workspace
from tests.views.plugin import BACK, Plugin

GTIN = "09520007900017"
CODE = NotedCode("9520007900017", "typed", GTIN)
FOUND = Found(
    gtin=GTIN,
    product_name="Trà hoa vàng Đầm Hà nụ sấy",
    producer_name="HTX Hoa Núi",
    codes=(CODE,),
    verdict=NotedVerdict("certified"),
    lot=Compared("L260914"),
    expiry=Compared("2027-09-14"),
)


def pack(words: str = "14A-123.45") -> bytes:
    """A photo of a pack as a camera gives it."""
    picture = Image.new("RGB", (320, 240), "#C8B8A0")
    ImageDraw.Draw(picture).text((70, 114), words, fill="black")
    target = io.BytesIO()
    picture.save(target, "JPEG", quality=85)
    return target.getvalue()


@pytest.fixture
def device(workspace: Workspace, signed_in: Callable[[Device], None]) -> Device:
    """The device of an inspector who has a round open."""
    device = workspace.device("local")
    signed_in(device)
    device.rounds.open(Place(PlaceKind.MARKET, "Chợ Hạ Long I"), None, (), None, device.accounts.viewer)
    return device


def opened(device: Device) -> OpenRound:
    said = device.rounds.current(device.accounts.viewer)
    assert said is not None
    return said


def begun(device: Device, found: Found = FOUND) -> InspectionDraft:
    """A new inspection in the open round."""
    return device.rounds.begin(opened(device).id, found, device.author)


def kept(device: Device, draft: InspectionDraft) -> InspectionDraft:
    """The draft as it is stored now."""
    stored = device.rounds.draft(draft.id, device.accounts.viewer)
    assert stored is not None
    return stored


@pytest.fixture
def camera() -> Plugin:
    return Plugin(BACK, picture=pack())
