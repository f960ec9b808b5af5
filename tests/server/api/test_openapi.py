"""The API's own documentation: all calls are in it, and it needs no other server."""

from __future__ import annotations

import re

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db
EXTERNAL = re.compile(r"""(?:src|href)\s*=\s*["']?(?:https?:)?//""", re.IGNORECASE)


def test_the_documentation_needs_no_other_server(client: Client) -> None:
    page = client.get("/api/v1/docs").content.decode()
    assert "swagger-ui-bundle.js" in page
    assert not EXTERNAL.search(page)
    for address in re.findall(r'(?:src|href)="([^"]+)"', page):
        answer = client.get(address)
        answer.getvalue()  # reads to the end, which closes the file
        assert answer.status_code == 200, address


def test_the_openapi_document_holds_the_contract(client: Client) -> None:
    document = client.get("/api/v1/openapi.json").json()
    calls = {(method, path) for path, methods in document["paths"].items() for method in methods}
    assert calls == {
        ("get", "/api/v1/changes"),
        ("get", "/api/v1/snapshot"),
        ("get", "/api/v1/products/{gtin}"),
        ("get", "/api/v1/products/{gtin}/statement"),
        ("get", "/api/v1/pictures/{sha256}/{width}"),
        ("head", "/api/v1/pictures/{sha256}/{width}"),
        ("get", "/api/v1/checklists/{sha256}"),
        ("get", "/api/v1/epcis/events"),
        ("get", "/api/v1/guidance"),
        ("get", "/api/v1/identity"),
        ("get", "/api/v1/proofs/{id}"),
        ("post", "/api/v1/auth/key"),
        ("post", "/api/v1/invitations/look"),
        ("post", "/api/v1/invitations/redeem"),
        ("post", "/api/v1/auth/sign-in"),
        ("post", "/api/v1/auth/refresh"),
        ("post", "/api/v1/auth/sign-out"),
        ("put", "/api/v1/records/{kind}/{id}"),
        ("put", "/api/v1/records/{kind}/{id}/files/{sha256}"),
        ("head", "/api/v1/records/{kind}/{id}/files/{sha256}"),
        ("get", "/api/v1/records"),
        ("get", "/api/v1/reports/{id}"),
        ("put", "/api/v1/inspections/{id}"),
        ("put", "/api/v1/inspections/{id}/photos/{sha256}"),
        ("get", "/api/v1/inspections"),
    }
    body = document["paths"]["/api/v1/inspections/{id}"]["put"]["requestBody"]
    assert body["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/Note"}
    assert "supersedes" in document["components"]["schemas"]["Note"]["properties"]
