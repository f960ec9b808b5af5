"""What is deployed names every setting, is confined, and lets through what the server takes."""

from __future__ import annotations

import re
import runpy
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose/compose.yaml").read_text())

SETTINGS = set(re.findall(r"^\| `(\w+)` \|", (ROOT / "server/config/settings.py").read_text(), re.MULTILINE))
BUCKET = {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"}
USED = re.compile(r"\$\{(\w+)|\{\$(\w+)")


def named(path: Path) -> set[str]:
    """The variables that an example names, set or not."""
    return set(re.findall(r"^(?:#\s*)?([A-Z][A-Z0-9_]+)(?==|$)", path.read_text(), re.MULTILINE))


def used(path: Path) -> set[str]:
    """The variables that a configuration asks for."""
    return {one or other for one, other in USED.findall(path.read_text())}


def test_every_setting_stands_in_the_examples_and_no_other() -> None:
    assert len(SETTINGS) > 20
    assert named(DEPLOY / "systemd/.env.example") == SETTINGS | BUCKET
    assert named(DEPLOY / "caddy/.env.example") == used(DEPLOY / "caddy/Caddyfile")
    own = used(DEPLOY / "compose/compose.yaml") | {"COMPOSE_PROJECT_NAME"}
    assert named(DEPLOY / "compose/.env.example") == SETTINGS | own


def test_settings_are_documented_where_they_are_read() -> None:
    read = set(re.findall(r"\"(OCOP_\w+|DATABASE_URL)\"", (ROOT / "server/config/settings.py").read_text()))
    assert read <= SETTINGS


def test_of_the_apps_variables_only_known_ones_are_named() -> None:
    source = (ROOT / "main.py").read_text()
    assert [name for name in named(DEPLOY / "systemd/app.env.example") if f'"{name}"' not in source] == []


def test_what_compose_sets_is_what_its_example_says_it_sets() -> None:
    text = (DEPLOY / "compose/.env.example").read_text()
    told = set(re.findall(r"^#   (\w+)$", text, re.MULTILINE)) - {"OCOP_SERVER_DATA"}  # the image's
    assert told == set(COMPOSE["x-server-environment"]) - BUCKET


def test_only_the_proxy_is_reached_from_outside() -> None:
    services = COMPOSE["services"]
    assert [name for name, service in services.items() if "ports" in service] == ["proxy"]
    assert COMPOSE["networks"]["inner"]["internal"] is True
    for name, service in services.items():
        assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"]), name
        assert set(service["networks"]) <= {"inner", "outer"}, name
        assert "privileged" not in service, name
        for volume in service.get("volumes", []):
            source = volume.partition(":")[0]
            assert source in COMPOSE["volumes"] or (ROOT / source).exists(), volume
    assert {"database", "store"} == {name for name, service in services.items() if service["networks"] == ["inner"]}


def test_every_package_of_the_images_is_pinned_with_its_hash() -> None:
    text = (DEPLOY / "compose/Dockerfile").read_text()
    installs = re.findall(r"pip install (.*)", text)
    assert len(installs) == 3
    assert all("--require-hashes" in line or "--no-index" in line for line in installs)
    copied = {
        source for line in re.findall(r"^COPY (?:--\S+ )*(.*) \S+$", text, re.MULTILINE) for source in line.split()
    }
    assert [source for source in copied if not (ROOT / source).exists()] == []
    let_in = re.findall(r"^!(\S+)$", (DEPLOY / "compose/Dockerfile.dockerignore").read_text(), re.MULTILINE)
    assert [source for source in copied if not any(Path(source).is_relative_to(one) for one in let_in)] == []


def test_the_proxy_lets_through_what_the_server_takes() -> None:
    serve = runpy.run_path(str(ROOT / "server/serve.py"))
    text = (DEPLOY / "caddy/Caddyfile").read_text()
    limits = {
        name: int(size) * 1024**2 for name, size in re.findall(r"request_body @(\w+) \{\s*max_size (\d+)MiB", text)
    }
    for (larger, most), name in zip(serve["LARGER_BODIES"].items(), ("pictures", "lists"), strict=True):
        assert f"@{name} path {larger}*" in text
        assert limits[name] > most
    assert f"@others not path {' '.join(f'{one}*' for one in serve['LARGER_BODIES'])}" in text
    assert limits["others"] > serve["MAX_BODY_BYTES"]


def test_backups_are_written_where_the_examples_say() -> None:
    folder = "/var/backups/ocop"
    assert f"ReadWritePaths={folder}\n" in (DEPLOY / "systemd/back_up.conf").read_text()
    assert f"\nOCOP_BACKUPS={folder}\n" in (DEPLOY / "systemd/.env.example").read_text()
    assert COMPOSE["x-server-environment"]["OCOP_BACKUPS"] == folder
    assert f"backups:{folder}" in COMPOSE["services"]["tasks"]["volumes"]
    assert f"-m 0700 /var/lib/ocop {folder}" in (DEPLOY / "compose/Dockerfile").read_text()


def test_each_clean_up_has_its_timer() -> None:
    """What docs/server.md says is to be run daily, or each morning, is enabled in docs/operating.md."""
    server, operating = (ROOT / "docs/server.md").read_text(), (ROOT / "docs/operating.md").read_text()
    daily = set(re.findall(r"manage\.py (\w+)`[^`]*?(?:Run it daily|each morning)", server.replace("\n", " ")))
    daily |= set(re.findall(r"Run `python server/manage\.py (\w+)` each morning", server.replace("\n", " ")))
    assert {"forget_parts", "forget_pictures", "forget_sightings", "mail_waiting"} <= daily
    enabled = set(re.findall(r"ocop-task@(\w+)\.timer", operating))
    commands = {path.stem for path in (ROOT / "server").glob("*/management/commands/*.py")}
    assert daily <= enabled <= commands
    in_containers = (DEPLOY / "compose/tasks").read_text()
    assert [name for name in enabled if name not in in_containers] == []


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd-analyze")
def test_the_units_are_understood_and_confined(tmp_path: Path) -> None:
    for path in (DEPLOY / "systemd").glob("*.*r*"):
        if path.suffix in {".service", ".timer"}:
            text = path.read_text().replace("/usr/local/lib/ocop/.venv/bin/python", sys.executable)
            (tmp_path / path.name).write_text(text)
    for task in ("forget_parts", "back_up"):
        for end in (".service", ".timer"):
            shutil.copy(tmp_path / f"ocop-task@{end}", tmp_path / f"ocop-task@{task}{end}")
    own = tmp_path / "ocop-task@back_up.service.d"
    own.mkdir()
    shutil.copy(DEPLOY / "systemd/back_up.conf", own)
    units = [str(path) for path in sorted(tmp_path.iterdir()) if "@." not in path.name and path.is_file()]
    told = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *units], capture_output=True, text=True, check=False
    )
    assert [line for line in told.stderr.splitlines() if "ocop" in line] == []
    for unit in UNITS:
        command = ["systemd-analyze", "security", "--offline=true", "--threshold=20", "--no-pager", str(unit)]
        scored = subprocess.run(command, capture_output=True, text=True, check=False)
        assert scored.returncode == 0, scored.stdout[-200:]
