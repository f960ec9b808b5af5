"""The API as one whole; docs/api.md is its contract."""

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
)
from api.document import Documented

api = Documented(
    title="OCOP Verify registry",
    version="1",
    description=(
        "The register of OCOP products and what people record with it. Errors: `{error, detail}`. An address that is "
        "unknown is answered with 404, a method that it does not have with 405, another host name with 400."
    ),
    urls_namespace="api",
)
errors.install(api)
api.add_router("", register_calls.router)
api.add_router("", product_calls.router)
api.add_router("", picture_calls.router)
api.add_router("", checklist_calls.router)
api.add_router("", account_calls.router)
api.add_router("", record_calls.router)
api.add_router("", proof_calls.router)
api.add_router("", report_calls.router)
api.add_router("", guidance_calls.router)
api.add_router("", inspection_calls.router)
api.add_router("", epcis_calls.router)
