"""Everybody can read how long things are kept, as the office has set it, in both languages."""

from __future__ import annotations

import pytest
from django.test import Client

from privacy.clock import set_days

pytestmark = pytest.mark.django_db


def test_it_tells_the_times_that_are_set_now() -> None:
    set_days("photos", 77, "thử")
    set_days("positions", 730, "thử")
    set_days("texts", 365, "thử")
    vietnamese = Client().get("/privacy").content.decode()
    assert ("77 ngày" in vietnamese, "2 năm" in vietnamese, "730" in vietnamese) == (True, True, False)
    page = Client().get("/privacy?lang=en").content.decode()
    assert ("77 days" in page, "2 years" in page, "1 year<" in page) == (True, True, True)
    assert "within 2 working days" in page
