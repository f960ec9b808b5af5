"""Completes the OpenAPI document: what the framework that writes it leaves out, so that it says all that holds."""

from __future__ import annotations

import json
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

from ninja import NinjaAPI

from api.answers import HEADERS, PERHAPS

_TAGS = {
    "register": "The register of OCOP products. Anybody reads it, from any site.",
    "accounts": "Sessions, invitations, and the keys of devices.",
    "records": "What people record: notes, reports, inspections, rounds, audits, answers.",
    "reports": "What became of a report of something suspicious.",
    "inspections": "Notes at the addresses of version 0.1.0.",
    "epcis": "Inspections as GS1's EPCIS 2.0 events, for other systems.",
}
_SCHEMES = {
    "account": {
        "type": "http",
        "scheme": "bearer",
        "description": "The `access` of a session (`POST /auth/sign-in`), for 15 minutes.",
    },
    "service_key": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "ocop_<43 characters>",
        "description": "A key that the office gave another system, for what its scopes name.",
    },
    "report_secret": {
        "type": "apiKey",
        "in": "header",
        "name": "Report-Secret",
        "description": "The secret that the device made with the report, 32 hex digits.",
    },
}
"""How requests say who sends them. What anybody may do has `{}` among its requirements."""
_SCHEME_OF_CLASS = {"BearerToken": "account", "ServiceKeyToken": "service_key", "PerhapsServiceKey": "service_key"}
# The server itself answers where it is missing, with a code of its own, so the framework does not know it is needed.
_NEEDED = frozenset({"Content-Digest"})


class Documented(NinjaAPI):
    """The API with a document that is complete."""

    def get_openapi_schema(self, **given: Any) -> Any:
        """The document of the API. Its examples are in `examples.json`."""
        document = super().get_openapi_schema(**given)
        document["tags"] = [{"name": name, "description": text} for name, text in _TAGS.items()]
        components = document["components"]
        components["securitySchemes"] = _SCHEMES
        components["headers"] = {name: {**told, "required": name not in PERHAPS} for name, told in HEADERS.items()}
        for path in document["paths"].values():
            for method, operation in path.items():
                # GET and HEAD of one address share one description.
                path[method] = _completed(method, deepcopy(operation))
        return document


def _completed(method: str, operation: dict[str, Any]) -> dict[str, Any]:
    operation["operationId"] = operation["operationId"].rpartition("_calls_")[2]
    operation["security"] = _security(operation.get("security", []), operation.pop("x-scope", ""))
    for parameter in operation.get("parameters", []):
        parameter["schema"] = _not_null(parameter["schema"])
        if isinstance(given := parameter.pop("examples", None), list):  # those of a JSON Schema are no OpenAPI examples
            parameter["example"] = given[0]
        if parameter.get("name") in _NEEDED:
            parameter["required"] = True
            parameter["schema"].pop("default", None)
    answers = operation["responses"].values()
    if method == "head":
        operation["operationId"] += "_head"
        for answer in answers:
            answer.pop("content", None)
    for body in [*answers, operation.get("requestBody", {})]:
        for told in body.get("content", {}).values():
            _give_examples(told)
    return operation


def _security(required: list[dict[str, Any]], scope: str) -> list[dict[str, Any]]:
    """The requirements by the names of `_SCHEMES`; anybody where there are none."""
    named = [{_SCHEME_OF_CLASS.get(name, name): list(of) for name, of in one.items()} for one in required]
    for one in named:
        if scope and "service_key" in one:
            one["service_key"] = [scope]
    return named or [{}]


def _not_null(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema of a parameter without null, which no address and no header can say: it is left out instead."""
    options = [one for one in schema.get("anyOf", []) if one != {"type": "null"}]
    if len(options) != 1:
        return schema
    return {**{name: said for name, said in schema.items() if name != "anyOf"}, **options[0]}


def _give_examples(told: dict[str, Any]) -> None:
    """Give a body whose schema is one of the components, or one of several, the examples of those."""
    schema = told.get("schema", {})
    names = [one["$ref"].rpartition("/")[2] for one in schema.get("oneOf", [schema]) if "$ref" in one]
    if "examples" not in told and names:
        told["examples"] = {name: {"value": _examples()[name]} for name in names}


@cache
def _examples() -> dict[str, Any]:
    """An example of each body by its schema's name: what the server took and answered with the sample register."""
    held: dict[str, Any] = json.loads((Path(__file__).parent / "examples.json").read_text(encoding="utf-8"))
    return held
