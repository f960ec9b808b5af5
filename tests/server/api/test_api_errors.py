"""Errors that no operation makes have the same body as those that one makes."""

from __future__ import annotations

import re
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client
from office import browser_of
from registry_notes import error_of

from accounts.models import Role
from api import register_calls
from api.api import api
from api.errors import CODES

pytestmark = pytest.mark.django_db


def test_an_unknown_address(client: Client) -> None:
    assert error_of(client.get("/api/v1/nothing")) == (404, "not_found")
    assert error_of(client.get("/api/v2/changes")) == (404, "not_found")


def test_a_wrong_method(client: Client) -> None:
    answer = client.post("/api/v1/changes")
    assert error_of(answer) == (405, "bad_request")
    assert "GET" in answer.headers["Allow"]


def test_whatever_is_read_by_get_answers_head_alike(client: Client) -> None:
    addresses = [where for where, told in api.get_openapi_schema()["paths"].items() if "get" in told]
    assert len(addresses) > 12
    office, run = browser_of("quan", Role.ADMINISTRATOR), uuid.uuid4()
    pages = ["/admin/", "/admin/log/", f"/admin/imports/{run}/", f"/admin/imports/{run}/state/"]
    for address in [*addresses, "/api/v1/openapi.json", *pages]:
        where = re.sub(r"{\w+}", "0", address)
        asking = office if where in pages else client
        told, head = asking.get(where), asking.head(where)
        assert (head.status_code, head.content) == (told.status_code, b""), where
        assert head.status_code != 405, where


def test_an_unknown_host(client: Client) -> None:
    assert error_of(client.get("/api/v1/changes", headers={"Host": "khac.example"})) == (400, "bad_request")


def test_a_fault_is_told_without_its_details(
    client: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: Any) -> Any:
        raise RuntimeError("secret inside")

    monkeypatch.setattr(register_calls, "change_documents", fail)
    answer = client.get("/api/v1/changes")
    assert error_of(answer) == (500, "unavailable")
    assert b"secret" not in answer.content
    assert "secret inside" in caplog.text  # for those who run the server


def test_a_database_out_of_reach_may_be_tried_again(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> Any:
        raise OperationalError

    monkeypatch.setattr(register_calls, "change_documents", fail)
    answer = client.get("/api/v1/changes")
    assert error_of(answer) == (503, "unavailable")
    assert int(answer.headers["Retry-After"]) > 0


def test_a_sign_in_of_many_megabytes(client: Client) -> None:
    answer = client.post("/api/v1/auth/sign-in", b" " * 3_000_000, content_type="application/json")
    assert error_of(answer) == (413, "too_large")


def test_the_contract_names_every_code() -> None:
    contract = (Path(__file__).parents[3] / "docs" / "api.md").read_text()
    named = contract.split("Codes: ", 1)[1].split("\n\n", 1)[0]
    assert [code for code in CODES if f"`{code}`" not in named] == []
    assert named.count("`") == 2 * len(CODES) + 2  # and `Retry-After`
