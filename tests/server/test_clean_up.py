"""What the timers run has nothing to say of an installation that was just made."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from django.core.management import call_command


@pytest.mark.django_db
@pytest.mark.parametrize(
    "task", ["forget_parts", "forget_pictures", "forget_sightings", "forget_tasks", "keep_or_erase", "check_files"]
)
def test_each_clean_up_runs_on_an_empty_register(task: str, photo_folder: Path) -> None:
    told = io.StringIO()
    call_command(task, stdout=told)
    assert told.getvalue().startswith("0 ")
