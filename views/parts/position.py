"""Finds where the device is, for a note."""

from __future__ import annotations

import asyncio

import flet as ft
import flet_geolocator as geo

from services.notes.content import Position

PLACE_TIMEOUT = 20.0
"""How long to wait for a position, in seconds: under a market's roof it may take a while."""


async def find_position() -> Position | None:
    """Ask the device for its position; None where that is switched off, not allowed, or not available here."""
    locator = geo.Geolocator()
    try:
        async with asyncio.timeout(PLACE_TIMEOUT):
            status = await locator.request_permission()
        if status not in (geo.GeolocatorPermissionStatus.ALWAYS, geo.GeolocatorPermissionStatus.WHILE_IN_USE):
            return None
        async with asyncio.timeout(PLACE_TIMEOUT):
            found = await locator.get_current_position()
    except (TimeoutError, RuntimeError, ft.FletUnsupportedPlatformException):
        return None
    if found.latitude is None or found.longitude is None:
        return None
    accuracy = round(float(found.accuracy), 1) if found.accuracy is not None else None
    return Position(round(float(found.latitude), 6), round(float(found.longitude), 6), accuracy)
