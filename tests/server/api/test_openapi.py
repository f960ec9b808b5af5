"""The API's own document: OpenAPI 3.1, whole, with examples that fit it, and readable without any other server."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
import rfc8785
from django.test import Client
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator
from registry_notes import content_digest

from api.answers import PARAMETERS
from api.api import api
from api.errors import CODES, REFUSALS

EXTERNAL = re.compile(r"""(?:src|href)\s*=\s*["']?(?:https?:)?//""", re.IGNORECASE)
_FORMS = ("Note", "Report", "Inspection", "Round", "Audit", "Answer")


@cache
def document() -> dict[str, Any]:
    return api.get_openapi_schema(path_params={})  # type: ignore[no-any-return]


def operations() -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in document()["paths"].items():
        for method, operation in methods.items():
            yield f"{method} {path}", operation


def problems(schema: dict[str, Any], value: Any) -> list[str]:
    """Where a value does not fit a schema of the document."""
    whole = {**schema, "components": document()["components"]}
    return [error.message for error in Draft202012Validator(whole).iter_errors(value)]


@pytest.mark.django_db
def test_the_documentation_needs_no_other_server(client: Client) -> None:
    page = client.get("/api/v1/docs").content.decode()
    assert "swagger-ui-bundle.js" in page
    assert not EXTERNAL.search(page)
    for address in re.findall(r'(?:src|href)="([^"]+)"', page):
        answer = client.get(address)
        answer.getvalue()  # reads to the end, which closes the file
        assert answer.status_code == 200, address


def test_the_document_is_openapi_3_1(client: Client) -> None:
    served = client.get("/api/v1/openapi.json").json()
    assert served["openapi"] == "3.1.0"
    assert [str(error) for error in OpenAPIV31SpecValidator(served).iter_errors()] == []
    body = served["paths"]["/api/v1/inspections/{id}"]["put"]["requestBody"]
    assert body["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/Note"}
    assert "supersedes" in served["components"]["schemas"]["Note"]["properties"]


def test_every_body_and_every_answer_has_examples_that_fit() -> None:
    seen = set()
    for name, operation in operations():
        bodies = [*operation["responses"].items(), ("body", operation.get("requestBody", {}))]
        for status, body in bodies:
            for media_type, told in body.get("content", {}).items():
                if media_type != "application/json" or "schema" not in told:
                    continue
                assert told["examples"], (name, status)
                seen |= set(told["examples"])
                for example in told["examples"].values():
                    assert problems(told["schema"], example["value"]) == [], (name, status)
    assert set(CODES) <= seen, "a code that no call declares"


def test_every_parameter_is_bounded() -> None:
    for name, operation in operations():
        for parameter in operation.get("parameters", []):
            if parameter["name"] in PARAMETERS:
                continue  # headers of HTTP itself: what does not fit is passed over
            schema = parameter["schema"]
            bounds = {"pattern", "enum", "const", "maxLength", "maximum", "minimum"}.intersection(schema)
            assert bounds, (name, parameter["name"])
            assert "anyOf" not in schema, "nobody can say null in an address"
            given = parameter.get("example", schema.get("default"))
            assert given is None or problems(schema, given) == [], (name, parameter["name"])


def test_every_answer_declares_its_headers_and_every_refusal_its_codes() -> None:
    headers = document()["components"]["headers"]
    for name, operation in operations():
        for status, answer in operation["responses"].items():
            declared = {told["$ref"].rpartition("/")[2] for told in answer["headers"].values()}
            assert declared <= set(headers)
            assert "X-Request-Id" in declared
            assert ("Retry-After" in declared) == (status in {429, 503}), (name, status)
            if status >= 400 and not name.startswith("head"):
                codes = answer["content"]["application/json"]["schema"]["properties"]["error"]["enum"]
                assert all(status in REFUSALS[code][0] for code in codes), (name, status)
        assert {500, 503} <= set(operation["responses"])


def test_every_call_says_who_may_make_it() -> None:
    schemes = document()["components"]["securitySchemes"]
    required = {name: operation["security"] for name, operation in operations()}
    assert {scheme for ways in required.values() for way in ways for scheme in way} == set(schemes)
    assert required["put /api/v1/records/{kind}/{id}"] == [{"account": []}, {}]
    assert required["get /api/v1/records"] == [{"account": []}]
    assert required["get /api/v1/products"] == [{"service_key": ["products:read"]}, {}]
    assert required["get /api/v1/epcis/events"] == [{"service_key": ["epcis:read"]}]
    assert required["get /api/v1/reports/{id}"] == [{"report_secret": []}]
    assert required["get /api/v1/changes"] == [{}]


@pytest.mark.django_db
def test_the_records_of_the_document_are_taken(client: Client) -> None:
    """As nobody's where nobody may send them; the others are refused for that alone."""
    content = document()["paths"]["/api/v1/records/{kind}/{id}"]["put"]["requestBody"]["content"]
    examples = content["application/json"]["examples"]
    assert set(examples) == set(_FORMS)
    for form, example in examples.items():
        record = {**example["value"], "account": None}
        body = rfc8785.dumps(record)
        answer = client.put(
            f"/api/v1/records/{form.lower()}/{record['id']}", body, content_type="application/json",
            headers={"Content-Digest": content_digest(body)},
        )  # fmt: skip
        assert answer.status_code == (201 if form in {"Note", "Report"} else 403), answer.content
