"""The list of components names everything that is pinned, and the audit asks about all of it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent


def script(name: str) -> Any:
    loader = SourceFileLoader(name, str(ROOT / "scripts" / name))
    spec = spec_from_loader(name, loader)
    assert spec
    module = module_from_spec(spec)
    loader.exec_module(module)
    return module


def pins(part: str) -> list[str]:
    text = (ROOT / "requirements" / f"{part}.txt").read_text(encoding="utf-8")
    return [
        f"{name}=={version}"
        for name, version in re.findall(r"^([\w.-]+)(?:\[[^]]*\])?==([^ ;\\]+)", text, re.MULTILINE)
    ]


def test_the_list_names_every_pinned_version_with_its_sums_and_no_index(tmp_path: Path) -> None:
    subprocess.run([sys.executable, ROOT / "scripts" / "sbom", tmp_path], check=True, capture_output=True)
    for part in ("app", "server"):
        text = (tmp_path / f"{part}.cdx.json").read_text(encoding="utf-8")
        document = json.loads(text)
        listed = document["components"]
        assert sorted(f"{one['name']}=={one['version']}" for one in listed) == sorted(pins(part))
        assert all(one["hashes"] and one["purl"].startswith("pkg:pypi/") for one in listed)
        assert "repository_url" not in text
        (root,) = [
            one for one in document["dependencies"] if one["ref"] == document["metadata"]["component"]["bom-ref"]
        ]
        assert len(root["dependsOn"]) == len(listed)


def test_the_audit_asks_about_every_pinned_version() -> None:
    audit = script("audit")
    for part in ("app", "server", "dev"):
        text = (ROOT / "requirements" / f"{part}.txt").read_text(encoding="utf-8")
        assert [re.sub(r"\[[^]]*\]", "", pin) for pin in audit.pinned(text)] == pins(part)


def test_an_advisory_fails_the_audit_and_silence_does_not(monkeypatch: Any, capsys: Any) -> None:
    audit = script("audit")
    bad = {"name": "x", "version": "1", "vulns": [{"id": "CVE-1", "fix_versions": ["2"]}]}
    monkeypatch.setattr(audit, "advisories", lambda _: [bad])
    assert audit.main() == 1
    assert "x 1: CVE-1; fixed in 2" in capsys.readouterr().out
    monkeypatch.setattr(audit, "advisories", lambda _: None)
    assert audit.main() == 0
    assert capsys.readouterr().out.startswith("not checked")
