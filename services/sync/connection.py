"""What the device is connected by, as far as it tells, so that sending photos costs the person no money."""

from __future__ import annotations

from enum import Enum


class Connection(Enum):
    """`UNMETERED`: Wi-Fi or a cable; `METERED`: probably paid by volume; `UNKNOWN`: the device does not tell."""

    UNKNOWN = "unknown"
    NONE = "none"
    METERED = "metered"
    UNMETERED = "unmetered"
