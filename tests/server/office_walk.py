"""Walks the back office: every page that has an address, and as many of its states as one scene shows."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.views.defaults import server_error
from test_roles import PAGES, Scene

from accounts import idle
from accounts.models import DeviceSession, User
from accounts.service_keys import Scope
from imports.models import ImportRun
from issuing import keys
from issuing.statements import statement_for
from office_files.models import FileState, OfficeFile
from register.models import Certificate, Product

Page = tuple[str, Any]
"""What is looked at, and the answer."""

NO_PAGES = {
    # answers to a click, files, what scripts ask for, and addresses that only lead on
    "autocomplete", "jsi18n", "logout", "view_on_site", "import-answer", "import-do", "import-state", "import-rest",
    "office-file-do", "office-file-state", "office-file-bytes",
    "index", "login", "office-inbox-first", "import-file", "take-apart", "office-inbox-act", "search",
    "overview_countedrecord_change", "office-alive", "office-log-file", "office-person-act", "office-privacy-erase",
}  # fmt: skip
"""Addresses of the office behind which there is nothing to read."""


def patterns(resolver: URLResolver | None = None, path: str = "") -> Iterator[tuple[str, str]]:
    """The names of all addresses of the office with their patterns."""
    for one in (resolver or get_resolver()).url_patterns:
        route = path + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from patterns(one, route)
        elif isinstance(one, URLPattern) and route.startswith("admin/"):
            yield one.name or route, route


def no_pages(name: str) -> bool:
    """Whether nothing is read at the address of this name, or what every record has in the same form."""
    same = ("_delete", "_history", "_file", "_write_event", "_export_action")
    return name in NO_PAGES or name.endswith(same) or "/" in name or name.startswith("overview-")


def walk(scene: Scene) -> Iterator[Page]:
    """Look at all pages as an administrator, and at the doors as a stranger."""
    keys.ensure_one()
    signed_statement()
    browser = scene.browsers["administrator"]
    for name, (address, _, _) in PAGES.items():
        if name != "producers to choose from" and not name.startswith("photo"):
            yield name, browser.get(address(scene))
    yield from _imports(browser)
    yield from _files(browser)
    yield from _certificates(browser)
    yield from _people(browser)
    yield from _lists(browser)
    yield from _forms(scene, browser)
    yield from _refusals(browser, scene.browsers["registrar"])
    yield from _doors(browser)


def signed_statement() -> None:
    """Make a statement, as the first product does that can have one."""
    assert any(statement_for(gtin) for gtin in Product.objects.values_list("gtin", flat=True)[:50])


def _imports(browser: Client) -> Iterator[Page]:
    yield "no imports", browser.get(reverse("imports"))
    rows = (
        "STT,Tên sản phẩm,Chủ thể,Địa chỉ,Hạng sao,Ghi chú khác\n1,Miến dong,HTX Chưa Có,Thôn 1,4 sao,an\n2,,,,9 sao,\n"
    )
    file = SimpleUploadedFile("danh_sach.csv", rows.encode())
    yield "an import", browser.post(reverse("imports"), {"file": file}, follow=True)
    run = ImportRun.objects.latest("at")
    yield "columns of an import", browser.get(reverse("import-columns", args=[run.pk]))
    yield "rows of an import", browser.get(reverse("import-run", args=[run.pk]))
    for row in run.rows.all()[:2]:
        yield "a row of an import", browser.get(reverse("import-row", args=[run.pk, row.pk]))
    yield "imports", browser.get(reverse("imports"))
    yield "no file", browser.post(reverse("imports"), {})
    yield "merging producers", browser.get(reverse("merge-producers"), {"q": "a"})


def _files(browser: Client) -> Iterator[Page]:
    file = OfficeFile.objects.get()
    address = reverse("office-file", args=[file.pk])
    away = {"told": "Máy chủ dừng khi đang làm tệp. Hãy làm lại."}
    waits = {"worker": "queued", "beat_at": None}
    states = {FileState.MAKING: waits, FileState.FAILED: away, FileState.CANCELLED: {}, FileState.READY: {"size": 1}}
    for state, said in states.items():
        OfficeFile.objects.update(**{"state": state, "told": "", "worker": "", **said})
        yield f"a file, {state}", browser.get(address)
        yield f"files, {state}", browser.get(reverse("office-files"))
    OfficeFile.objects.update(kind="of an earlier version")
    yield "a file that nobody may have", browser.get(address)
    yield "a file is removed", browser.post(reverse("office-file-do", args=[file.pk, "remove"]), follow=True)


def _certificates(browser: Client) -> Iterator[Page]:
    one = Certificate.objects.filter(withdrawn_on=None).earliest("pk")
    withdrawn = Certificate.objects.exclude(withdrawn_on=None).earliest("pk")
    for name in ("office-certificate", "office-withdraw", "office-renew"):
        yield name, browser.get(reverse(name, args=[one.pk]))
        yield f"{name}, refused", browser.post(reverse(name, args=[one.pk]), {})
    yield "withdrawn", browser.get(reverse("office-certificate", args=[withdrawn.pk]))
    yield "office-take-back", browser.get(reverse("office-take-back", args=[withdrawn.pk]))
    yield "office-certificate-of", browser.get(reverse("office-certificate-of", args=[one.product_id]))
    yield "office-renew-many", browser.get(reverse("office-renew-many"))


def _people(browser: Client) -> Iterator[Page]:
    for name in ("people", "invite", "devices", "lockouts", "first-password", "second-factor", "own-sessions"):
        yield name, browser.get(reverse(f"office-{name}"))
    session = browser.session
    session["began"] -= idle.FRESH
    session.save()
    yield "a sign-in that is too old", browser.post(reverse("office-own-sessions"), {"others": "1"})
    session["began"] += idle.FRESH
    session.save()
    yield "no service key", browser.post(reverse("office-service-key-new"), {})
    key = {"name": "Cổng quốc gia", "scopes": Scope.values, "days": "30"}
    yield "a service key", browser.post(reverse("office-service-key-new"), key)
    yield "nobody invited", browser.post(reverse("office-invite"), {})
    yield "person", browser.get(reverse("office-person", args=[User.objects.get(username="other").pk]))
    session = DeviceSession.objects.earliest("pk")
    yield "revoking a device", browser.get(reverse("office-device-revoke", args=[session.pk]))


def _lists(browser: Client) -> Iterator[Page]:
    for model, office in admin.site._registry.items():
        address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        if office.search_fields:
            yield f"nothing found: {model.__name__}", browser.get(address, {"q": "zzz"})
        if office.list_display:
            yield f"sorted: {model.__name__}", browser.get(address, {"o": "1"})
        if office.list_display_links is not None and (row := model._default_manager.first()):
            yield f"a record: {model.__name__}", browser.get(f"{address}{row.pk}/change/")
    yield "new locality", browser.get(reverse("admin:register_locality_add"))
    yield "nothing waits", browser.get(reverse("office-inbox", args=["audit"]), {"q": "zzz"})
    yield "a page of the daily mail", browser.get(reverse("office-digest"))


def _forms(scene: Scene, browser: Client) -> Iterator[Page]:
    for name in ("product", "producer", "locality", "account"):
        yield f"a refused {name}", browser.post(PAGES[name][0](scene), {})
    rows = {
        f"{part}-{count}_FORMS": n
        for part in ("certificates", "pictures", "packcodes")
        for count, n in (("TOTAL", 1), ("INITIAL", 0))
    }
    spoilt = {"certificates-0-number": "x", "certificates-0-valid_from": "31/02/2026", "packcodes-0-value": "x"}
    spoilt |= {"pictures-0-position": "9"}
    yield "a refused new product", browser.post(PAGES["new product"][0](scene), {**rows, **spoilt})
    yield "a refused new account", browser.post(PAGES["new account"][0](scene), {"username": "a b", "password1": "1"})
    wrong = {"old_password": "x", "new_password1": "1", "new_password2": "2"}
    yield "a refused password", browser.post(PAGES["own password"][0](scene), wrong)
    yield "nothing said", browser.post(PAGES["what is said of a note"][0](scene), {"state": "an"})
    yield "an export without a format", browser.post(PAGES["export of products"][0](scene), {})
    chosen = {"action": "delete_selected", "_selected_action": [1, 2, 3]}
    yield "deleting", browser.post(PAGES["products"][0](scene), chosen, follow=True)
    yield "no action", browser.post(PAGES["products"][0](scene), {"action": ""}, follow=True)
    new = {"name": "An", "address": "Thôn", "shops-TOTAL_FORMS": 0, "shops-INITIAL_FORMS": 0}
    yield "saved", browser.post(reverse("admin:register_producer_add"), new, follow=True)
    yield (
        "saved, one more",
        browser.post(reverse("admin:register_producer_add"), {**new, "_addanother": ""}, follow=True),
    )


def _refusals(browser: Client, registrar: Client) -> Iterator[Page]:
    yield "no page", browser.get("/admin/register/nothing/")
    yield "no record", browser.get(reverse("admin:register_product_change", args=[10**9]), follow=True)
    yield "in a window of its own", browser.get(reverse("admin:register_producer_add"), {"_popup": "1"})
    yield "a fault", server_error(RequestFactory().get("/admin/"))
    yield "no case", browser.get(reverse("office-case", args=["note", "6f1d2c3b-0000-4000-8000-00000000dead"]))
    yield "not allowed", registrar.get(reverse("admin:accounts_user_changelist"))


def _doors(browser: Client) -> Iterator[Page]:
    browser.raise_request_exception = False
    own = reverse("admin:password_change")
    new = {"old_password": "mat-khau-dai-01", "new_password1": "doi-mat-khau-02", "new_password2": "doi-mat-khau-02"}
    yield "password changed", browser.post(own, new, follow=True)
    yield "signed out", browser.post(reverse("admin:logout"), follow=True)
    stranger = Client(enforce_csrf_checks=True)
    yield "signing in", stranger.get(settings.LOGIN_URL if settings.LOGIN_URL.startswith("/admin") else "/admin/login/")
    yield "an old page", stranger.post("/admin/login/", {})
    yield "a wrong password", Client().post("/admin/login/", {"username": "x", "password": "y"})
    yield "a page for others", Client().get("/admin/nothing/", follow=True)


HELP: Callable[[str], re.Match[str] | None] = re.compile(r'<p class="of-help">\s*[^\s<]|<p class="of-help"><a').search
"""Finds the line of help in a page."""
