"""The API as one whole; docs/api.md is its contract."""

from ninja import Router

from api import (
    account_calls,
    checklist_calls,
    epcis_calls,
    errors,
    guidance_calls,
    inspection_calls,
    picture_calls,
    product_calls,
    proof_calls,
    record_calls,
    register_calls,
    report_calls,
    session_calls,
)
from api.document import Documented

api = Documented(
    title="OCOP Verify registry",
    version="1",
    description=(
        "The register of OCOP products and what people record with it. Errors: `{error, detail}`. An address that is "
        "unknown is answered with 404, a method that it does not have with 405, another host name with 400. "
        "HEAD is answered wherever GET is, without the body."
    ),
    urls_namespace="api",
)
errors.install(api)


def _with_head(router: Router) -> Router:
    """Let each GET be asked by HEAD too (RFC 9110, 9.3.2); `serving.head` takes the body off."""
    for view in router.path_operations.values():
        if not any("HEAD" in operation.methods for operation in view.operations):
            for operation in [one for one in view.operations if "GET" in one.methods]:
                asked_by_head = operation.clone()
                asked_by_head.methods, asked_by_head.include_in_schema = ["HEAD"], False
                view.operations.append(asked_by_head)
    return router


for room in (
    register_calls, product_calls, picture_calls, checklist_calls, account_calls, session_calls,
    record_calls, proof_calls, report_calls, guidance_calls, inspection_calls, epcis_calls,
):  # fmt: skip
    api.add_router("", _with_head(room.router))
