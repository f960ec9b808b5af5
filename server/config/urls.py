"""Addresses: the API, the back office, and the pages for everybody."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from api.api import api
from backoffice import (
    device_pages,
    invitation_page,
    lockout_pages,
    overview_page,
    own_account,
    own_sessions,
    people_pages,
    service_key_pages,
)
from backoffice.case_page import case_page
from backoffice.code_tester import code_tester
from backoffice.digest_page import digest
from backoffice.inbox_pages import act, inbox
from backoffice.log_page import log, log_file
from backoffice.sample_page import sample
from backoffice.site import sign_in
from pages.keeping_page import keeping_page
from pages.producer_page import producer_page
from pages.product_page import public_page, statement_picture
from pages.proof_page import proof_page
from pages.report_page import report_page
from pages.resolver import description, resolve

urlpatterns = [
    path("api/v1/", api.urls),  # first, since devices ask it all the time
    path("", RedirectView.as_view(pattern_name="admin:index")),
    path("admin/login/", sign_in),
    path("admin/imports/", include("backoffice.import_pages")),
    path("admin/files/", include("backoffice.file_pages")),
    path("admin/producers/merge/", include("backoffice.merge_page")),
    path("admin/certificates/", include("backoffice.certificate_urls")),
    path("admin/checklists/drafts/", include("backoffice.checklist_drafts")),
    path("admin/codes/", code_tester, name="office-code-tester"),
    *overview_page.urlpatterns,  # before Django's own first page
    path("admin/inbox/", inbox, name="office-inbox-first"),
    path("admin/inbox/mail/", digest, name="office-digest"),
    path("admin/inbox/<str:kind>/", inbox, name="office-inbox"),
    path("admin/inbox/<str:kind>/act/", act, name="office-inbox-act"),
    path("admin/inbox/<str:kind>/<uuid:record>/", case_page, name="office-case"),
    *people_pages.urlpatterns,
    *device_pages.urlpatterns,
    *lockout_pages.urlpatterns,
    *service_key_pages.urlpatterns,
    *own_account.urlpatterns,
    *own_sessions.urlpatterns,
    path("admin/privacy/", include("backoffice.privacy_pages")),
    path("admin/log/", log, name="office-log"),
    path("admin/log/file.<str:extension>", log_file, name="office-log-file"),
    path("admin/sample/", sample, name="office-sample"),
    path("admin/", admin.site.urls),
    *invitation_page.urlpatterns,
    path("statements/<str:gtin>.svg", statement_picture),
    path("p/<str:gtin>", public_page, name="public-page"),
    path("privacy", keeping_page, name="keeping-page"),
    path("producer/<int:producer>", producer_page, name="producer-page"),
    path("report/<str:report>", report_page, name="report-page"),
    path("proof/<str:record>", proof_page, name="proof-page"),
    path(".well-known/gs1resolver", description, name="resolver-description"),
    path("01/<str:gtin>", resolve, name="resolver"),
    path("01/<str:gtin>/", resolve),
    # Qualifiers (/10/lot, /21/serial, ...) name one pack of the same product.
    path("01/<str:gtin>/<path:qualifiers>", resolve),
]
handler403, handler404 = "backoffice.error_pages.forbidden", "config.errors.not_found"
handler500 = "config.errors.failed"
