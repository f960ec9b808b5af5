"""The files for two databases: one command reads them, and their limits together stay below the app's."""

from __future__ import annotations

import importlib.util
import inspect
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from services.client.registry import Registry

DEPLOY = Path(__file__).resolve().parent.parent / "deploy/failover"
SCRIPT = DEPLOY / "failover.py"
_SPEC = importlib.util.spec_from_file_location("deployed_failover", SCRIPT)
assert _SPEC
assert _SPEC.loader
failover: Any = importlib.util.module_from_spec(_SPEC)
sys.modules[_SPEC.name] = failover  # where its dataclasses look for themselves
_SPEC.loader.exec_module(failover)


@pytest.fixture
def setup(tmp_path: Path) -> Any:
    """As the example says, with the target here, two machines that answer nothing, and no PgBouncer."""
    text = (DEPLOY / "failover.ini.example").read_text()
    text = re.sub(r"^run = .*$", "run = false", text, flags=re.MULTILINE)
    text = re.sub(r"^(stop|start) = .*$", rf"\1 = echo \1 >> {tmp_path}/done", text, flags=re.MULTILINE)
    (tmp_path / "failover.ini").write_text(text.replace("/etc/pgbouncer", str(tmp_path)))
    return failover.read(tmp_path / "failover.ini")


def test_limits_together_stay_below_the_apps() -> None:
    patience = inspect.signature(Registry).parameters["timeout"].default[1]
    pooler = dict(re.findall(r"^(\w+) = (\S+)$", (DEPLOY / "pgbouncer.ini").read_text(), re.MULTILINE))
    lock = int(re.findall(r"lock_timeout = '(\d+)s'", (DEPLOY / "roles.sql").read_text())[0])
    assert lock + int(pooler["query_timeout"]) < patience
    assert int(pooler["query_wait_timeout"]) + int(pooler["server_connect_timeout"]) < patience
    assert int(pooler["tcp_user_timeout"]) / 1000 < patience
    connections = int(re.findall(r"max_connections = (\d+)", (DEPLOY / "postgresql.conf").read_text())[0])
    assert int(pooler["default_pool_size"]) * 2 < connections
    assert pooler["pool_mode"] == "transaction"


def test_where_it_leads_is_one_file(setup: Any) -> None:
    first, second = setup.node("first"), setup.node("second")
    assert setup.pooler.leads_to(setup.nodes) == failover.Target()
    setup.pooler.lead_to(first, alone=True, promoting="second")
    assert setup.pooler.leads_to(setup.nodes) == failover.Target(first, alone=True, promoting="second")
    setup.pooler.lead_to(second, alone=False)
    assert setup.pooler.leads_to(setup.nodes) == failover.Target(second)
    assert f"[databases]\nocop = host={second.host} port=5432 dbname=ocop\n" in setup.pooler.target.read_text()


@pytest.mark.parametrize(
    ("leads", "arguments", "told"),
    [
        (None, ("promote", "second"), "PgBouncer does not lead to first"),
        ("first", ("promote", "first"), "PgBouncer does not lead to second"),
        ("alone", ("promote", "second"), "first has confirmed alone"),
        ("first", ("promote", "second"), "second is no standby"),
        ("first", ("promote", "third"), "there is no machine third"),
        ("first", ("join", "first"), "PgBouncer does not lead to second"),
        ("first", ("join", "second"), "first is no writer"),
        ("first", ("alone",), "PgBouncer leads to no writer"),
        ("first", ("begin", "second"), "PgBouncer leads to a database already"),
    ],
)
def test_what_might_lose_something_is_refused_before_anything_is_done(
    leads: str | None, arguments: tuple[str, ...], told: str, setup: Any, tmp_path: Path
) -> None:
    if leads:
        setup.pooler.lead_to(setup.node("first"), alone=leads == "alone")
    before = setup.pooler.target.read_text() if leads else None
    command = [sys.executable, str(SCRIPT), "--config", str(tmp_path / "failover.ini"), *arguments]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 1
    assert run.stderr.startswith(f"failover.py: {told}")
    assert not (tmp_path / "done").exists()
    assert (setup.pooler.target.read_text() if leads else None) == before


@pytest.mark.parametrize(
    ("wrong", "told"),
    [("[pooler]", "'pooler'"), ("port = 5432", "'port'"), ("[second]", "names 1 database machines")],
)
def test_a_file_that_lacks_something_is_told(wrong: str, told: str, tmp_path: Path) -> None:
    text = (DEPLOY / "failover.ini.example").read_text()
    text = text[: text.index("[second]")] if wrong == "[second]" else text.replace(wrong, "", 1)
    path = tmp_path / "failover.ini"
    path.write_text(text if wrong != "[pooler]" else text[text.index("[replication]") :])
    with pytest.raises(failover.Refused, match=re.escape(told)):
        failover.read(path)
