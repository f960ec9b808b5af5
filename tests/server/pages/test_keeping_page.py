"""Everybody can read how long things are kept, as the office has set it, in both languages."""

from __future__ import annotations

import pytest
from django.test import Client

from privacy.clock import set_days

pytestmark = pytest.mark.django_db


def test_it_tells_the_times_that_are_set_now() -> None:
    set_days("photos", 77, "thử")
    assert "77 ngày" in Client().get("/privacy").content.decode()
    page = Client().get("/privacy?lang=en").content.decode()
    assert "77 days" in page
    assert "within 2 working days" in page
