"""What the device is connected by, as far as it says: whether sending photos may cost the person money."""

from __future__ import annotations

from enum import Enum


class Connection(Enum):
    """`UNMETERED`: Wi-Fi or a cable; `METERED`: paid by volume, as far as anybody can tell; `UNKNOWN`: not told."""

    UNKNOWN = "unknown"
    NONE = "none"
    METERED = "metered"
    UNMETERED = "unmetered"
