"""Reports at the real server: they arrive once, and whoever made one hears what became of it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from services.accounts.viewer import Viewer
from services.client.answers import Refused
from services.client.registry import Registry
from services.client.transport import Unreachable
from services.records.book import RecordState
from services.reports.report import Subject
from services.reports.report_book import KeptReport
from services.sync.outbox import SendReport
from services.workspace import Device, Workspace
from tests.services.conftest import DEVICE, NOW, change_register, new_id, picture, until
from tests.support.registry_server import RegistryServer
from tests.support.wire import Answer

NOBODY = Viewer(None)
SAY = """
from accounts.models import User
from records.events import write
from records.kinds import kind_named
report = kind_named("report")
write(report, report.records.get(pk="{record}"), "decided", "Đã thu hồi", "12/QĐ", User.objects.get(username="quantri"))
"""


@pytest.fixture
def workspace(tmp_path: Path, server: RegistryServer) -> Iterator[Workspace]:
    workspace = Workspace.open(tmp_path / "root", server=None)
    yield workspace
    workspace.close()


def reported(device: Device, site: str | None = None) -> KeptReport:
    """A report with a photo, sent off by somebody without an account."""
    draft = device.reports.add_photo(device.reports.begin(Subject(), NOBODY), picture())
    report = device.reports.sign(
        draft, account=None, viewer=NOBODY, device=DEVICE, now=NOW, clock_offset=None, site=site
    )
    kept = device.reports.report(report.id, NOBODY)
    assert kept
    return kept


def test_it_is_sent_by_itself_and_the_answer_comes_back(
    workspace: Workspace, server: RegistryServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    device = workspace.device("local")
    report = reported(device).report
    workspace.connect(server.url)

    def now() -> KeptReport:
        kept = device.reports.report(report.id, NOBODY)
        assert kept
        return kept

    assert until(lambda: now().state is RecordState.RECEIVED)
    assert until(lambda: now().stage == "received"), "asked after as soon as it is there"
    address = now().address
    assert address
    assert address.startswith(f"{server.url}/report/{report.id}#")
    change_register(server, SAY.format(record=report.id))
    device.ask_after_reports()
    assert until(lambda: now().stage == "decided")
    [said] = now().events
    assert (said.text, said.number, said.kind) == ("Đã thu hồi", "12/QĐ", "report")
    assert device._next_poll() == workspace.next_poll()
    secret = address.partition("#")[2]
    assert server.rows(f"SELECT count(*) FROM reports_report WHERE id = '{report.id.replace('-', '')}'") == [(1,)]
    assert secret not in caplog.text
    assert secret not in server.log.read_text()


def test_a_wrong_secret_hears_nothing(registry: Registry) -> None:
    with pytest.raises(Refused) as refused:
        registry.report(new_id(), "0" * 32)
    assert refused.value.code == "not_found"


def test_what_the_server_lost_is_sent_again_once(
    workspace: Workspace, registry: Registry, server: RegistryServer
) -> None:
    device = workspace.device("local")
    report = reported(device).report
    workspace.connect(server.url)
    assert until(lambda: device.reports.report(report.id, NOBODY).stage == "received")  # type: ignore[union-attr]
    change_register(server, f"from reports.models import Report; Report.objects.get(pk='{report.id}').delete()")
    device.ask_after_reports()
    count = f"SELECT count(*) FROM reports_reportphoto WHERE record_id = '{report.id.replace('-', '')}'"
    assert until(lambda: server.rows(count) == [(1,)])
    assert until(lambda: not device.reports.records.waiting)
    device.reports.doubt(report.id)
    assert not device.reports.records.waiting


def test_an_answer_that_is_not_the_contracts_is_not_taken(
    stranger: Callable[[Callable[[str, str], Answer]], Registry],
) -> None:
    report_id = new_id()
    right = f'{{"id": "{report_id}", "received_at": null, "state": "received", "events": []}}'
    bodies = [right.replace(report_id, new_id()), right.replace('"received"', "7"), right.replace("[]", "{}"), "[]"]
    registry = stranger(lambda _method, _path: (200, {}, bodies.pop().encode()))
    while bodies:
        with pytest.raises(Unreachable, match="not_the_registry"):
            registry.report(report_id, "0" * 32)


def test_of_two_outboxes_the_trouble_counts_that_another_try_may_mend() -> None:
    both = SendReport(received=1, waiting=2, problem="sign_in_needed") + SendReport(
        received=2, waiting=1, problem="timed_out", retry_after=3
    )
    assert both == SendReport(received=3, waiting=3, problem="timed_out", retry_after=3)
    assert (SendReport(problem="locked") + SendReport()).problem == "locked"
    assert (SendReport(problem="no_connection") + SendReport(problem="locked")).problem == "no_connection"
