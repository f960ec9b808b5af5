from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.checklists.document import bundled, read
from services.labels import artwork
from services.labels.check import Asked, CheckedLabel, check_label
from services.labels.finding import Finding, Grade, What
from services.register.catalogue import Catalogue
from tests.services.conftest import product
from tests.services.labels.artworks import GTIN

Check = Callable[..., CheckedLabel]
NOW = datetime.now(UTC)
DOCUMENT = read(bundled())


def registered(**fields: Any) -> dict[str, Any]:
    """The product of the artworks, with four stars and a certificate in force."""
    (certificate,) = product(1)["certificates"]
    last = (NOW + timedelta(days=400)).date()
    held = {"stars": 4, "valid_from": (last - timedelta(days=1095)).isoformat(), "valid_to": last.isoformat()}
    codes = [{"kind": "prefix", "value": "https://trace.example/p/1/"}]
    return product(1, gtin=GTIN, codes=codes, certificates=[certificate | held | fields])


@pytest.fixture(autouse=True)
def few_pixels(monkeypatch: pytest.MonkeyPatch) -> None:
    """Draws PDFs with some 20 pixels a millimetre, six for a module of 0.33 mm, to save time."""
    monkeypatch.setattr(artwork, "MOST_PIXELS", 1_600_000)


@pytest.fixture(scope="session")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalogue]:
    made = Catalogue.open(tmp_path_factory.mktemp("catalogue"))
    register = {"name": "OCOP Quảng Ninh (mẫu)", "sample": True, "products": 1}
    made.apply([{"op": "upsert", "product": registered()}], "1", more=False, register=register, as_of=NOW)
    yield made
    made.close()


@pytest.fixture(scope="session")
def check(catalogue: Catalogue) -> Check:
    """Check an artwork against a fresh copy that holds its product."""

    def checked(data: bytes, *, budget: float = 10.0, register: Catalogue = catalogue, **asked: Any) -> CheckedLabel:
        return check_label(data, register, NOW, DOCUMENT, Asked(**asked), budget=budget)

    return checked


def found(label: CheckedLabel, what: What) -> Finding:
    """The gravest finding about this."""
    return next(finding for finding in label.findings if finding.what is what)


def alarms(label: CheckedLabel) -> list[tuple[str, str]]:
    return [(finding.what.value, finding.grade.value) for finding in label.findings if finding.grade in _ALARMS]


_ALARMS = (Grade.STOP, Grade.LOOK)
