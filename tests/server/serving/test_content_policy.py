"""Every answer tells browsers what it may load."""

from __future__ import annotations

import pytest
from django.test import Client

from register.sample import SampleRegister

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 302),
        ("/01/{gtin}", 307),
        ("/01/1", 400),
        ("/nowhere", 404),
        ("/health", 200),
        ("/api/v1/changes", 200),
        ("/api/v1/nothing", 404),
        ("/static/pages/pages.css", 200),
    ],
)
def test_a_page_loads_nothing_of_another_host_and_runs_no_script(
    register: SampleRegister,
    client: Client,
    path: str,
    status: int,
) -> None:
    answer = client.get(path.format(gtin=register.products[0].gtin))
    answer.close()
    assert answer.status_code == status
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; ")
    assert "script-src" not in policy
    assert "unsafe" not in policy
    assert "http" not in policy


def test_only_the_back_office_evaluates_text_as_a_script(client: Client) -> None:
    assert "'unsafe-eval'" in client.get("/admin/login/").headers["Content-Security-Policy"]
    documents = client.get("/api/v1/docs").headers["Content-Security-Policy"]
    assert "script-src 'self';" in documents
    for policy in (documents, client.get("/admin/login/").headers["Content-Security-Policy"]):
        assert "script-src 'self' 'unsafe-inline'" not in policy
        assert "http" not in policy


@pytest.mark.parametrize("path", ["/p/{gtin}", "/producer/1", "/report/6f1d2c3b-0000-4000-8000-000000000001"])
def test_a_page_with_a_script_runs_this_servers_alone(register: SampleRegister, client: Client, path: str) -> None:
    policy = client.get(path.format(gtin=register.products[0].gtin)).headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; ")
    assert "script-src 'self'; connect-src 'self'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
