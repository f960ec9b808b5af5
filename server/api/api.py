"""The API as one whole; docs/api.md is its contract."""

from ninja import NinjaAPI

from api import accounts, errors, inspections, register

api = NinjaAPI(
    title="OCOP Verify registry",
    version="1",
    description="The register of OCOP products and the inspections made with it. Errors: `{error, detail}`.",
    urls_namespace="api",
)
errors.install(api)
api.add_router("", register.router)
api.add_router("/auth", accounts.router)
api.add_router("", inspections.router)
