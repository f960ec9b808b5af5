"""Addresses: the API, the back office, and the GS1 Digital Link resolver."""

from django.contrib import admin
from django.urls import path
from django.views.generic import RedirectView

from api.api import api
from backoffice.site import sign_in
from pages.resolver import product_page, statement_picture

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index")),
    path("admin/login/", sign_in),
    path("admin/", admin.site.urls),
    path("api/v1/", api.urls),
    path("statements/<str:gtin>.svg", statement_picture),
    path("01/<str:gtin>", product_page, name="product-page"),
    # Qualifiers (/10/lot, /21/serial, ...) name one pack of the same product.
    path("01/<str:gtin>/<path:qualifiers>", product_page),
]
handler404 = "pages.resolver.not_found"
