from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from services.settings import Settings, SettingsFile
from services.storage.store import Store


def test_choices_survive(tmp_path: Path) -> None:
    settings = SettingsFile.open(tmp_path)
    assert settings.value == Settings()
    assert settings.change(language="en", theme="contrast") == Settings("en", "contrast")
    settings.change(server="https://registry.example")
    assert SettingsFile.open(tmp_path).value == Settings("en", "contrast", "https://registry.example")
    settings.change(language=None, server=None)
    assert SettingsFile.open(tmp_path).value == Settings(theme="contrast")


@pytest.mark.parametrize(
    "fields", [{"language": "fr"}, {"theme": None}, {"theme": []}, {"server": 8}, {"font": "big"}, {"language": True}]
)
def test_what_is_no_choice(tmp_path: Path, fields: dict[str, Any]) -> None:
    settings = SettingsFile.open(tmp_path)
    with pytest.raises(ValueError, match=next(iter(fields))):
        settings.change(**fields)
    assert settings.value == Settings()


def test_a_file_from_another_version_is_read_as_far_as_it_is_known(tmp_path: Path) -> None:
    Store(tmp_path / "settings.json").commit({"settings": {1: {"language": "zh", "theme": "dark", "font": 12}}})
    assert SettingsFile.open(tmp_path).value == Settings(theme="dark")
