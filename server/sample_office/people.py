"""The people of the sample office, who do not exist, and their devices. Nobody can sign in as one of them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Literal

_NAMES = uuid.UUID("6f0c0952-0000-4000-8000-000000000952")


def id_of(name: str) -> str:
    """The id of a thing of the sample: always the same for the same name."""
    return str(uuid.uuid5(_NAMES, name))


@dataclass(frozen=True)
class SamplePerson:
    """An account; `silent_days` ago its device was here last (None: it has no device).

    `app_version` and `waiting` are what the device told then: its app, and how many records it had still to send.
    """

    username: str
    name: str
    role: Literal["registrar", "reviewer", "inspector", "shop"]
    silent_days: int | None = None
    app_version: str = "0.1.0"
    waiting: int = 0

    @property
    def device(self) -> str:
        """The device that the person sends from."""
        return id_of(f"device {self.username}")


HEAD = SamplePerson("mau-thu-trang", "Đặng Thu Trang (mẫu)", "registrar")
CLERK = SamplePerson("mau-minh-chau", "Hoàng Minh Châu (mẫu)", "reviewer")
STAFF = (HEAD, CLERK)
INSPECTORS = (
    SamplePerson("mau-thu-ha", "Nguyễn Thu Hà (mẫu)", "inspector", 0),
    SamplePerson("mau-quang-vinh", "Lê Quang Vinh (mẫu)", "inspector", 0),
    SamplePerson("mau-duc-long", "Phạm Đức Long (mẫu)", "inspector", 2, waiting=2),
    SamplePerson("mau-thi-mai", "Vũ Thị Mai (mẫu)", "inspector", 11, waiting=5),
)
SHOPS = (
    SamplePerson("mau-song-biec", "Cửa hàng Sóng Biếc (mẫu)", "shop", 1),
    SamplePerson("mau-hoa-ban", "Siêu thị mini Hoa Ban (mẫu)", "shop", 4),
)
EVERYBODY = (*STAFF, *INSPECTORS, *SHOPS)
