"""What the back office shows around its pages: sign-in, banner and sidebar."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.db.models import Exists, Subquery
from django.http import HttpRequest, HttpResponse
from django.templatetags.static import static
from django.urls import reverse_lazy

from accounts import guessing
from accounts.models import User
from accounts.rates import seconds_to_wait
from backoffice.gate import begin_anew
from register.description import Register
from sample_office.models import SampleOffice, Written

EMPTYING = "sample_office.delete_written"


def sign_in(request: HttpRequest) -> HttpResponse:
    """Django's sign-in page, counted together with the API's sign-ins: each try costs the hash of a password."""
    if request.method != "POST":
        return admin.site.login(request)
    if wait := seconds_to_wait(request, "sign-in", settings.SIGN_IN_RATE):
        return _later("Địa chỉ này đã thử đăng nhập quá nhiều lần. Hãy thử lại sau.", wait)
    user, name = guessing.account_named(request.POST.get("username", ""))
    if guessing.is_guessed(name) and not (user and guessing.knows_browser(request, user)):
        text = (
            "Có quá nhiều lần thử mật khẩu cho tài khoản này. Hãy dùng trình duyệt mà bạn từng đăng nhập, "
            "hoặc thử lại sau 15 phút, hoặc nhờ một quản trị viên mở khóa."
        )
        return _later(text, int(settings.AXES_COOLOFF_TIME.total_seconds()))
    form = request.POST.copy()
    form["username"] = name  # one name an account, so that all tries for it are counted together
    request.POST = form  # type: ignore[assignment]  # Django's own setter takes it
    was_signed_in = isinstance(request.user, User)
    answer = admin.site.login(request)
    if was_signed_in and answer.status_code == HTTPStatus.FOUND:
        begin_anew(request)  # Django keeps the session of the same person as it was
    if isinstance(request.user, User):
        guessing.remember_browser(request, answer, request.user)
    return answer


def _later(text: str, wait: int) -> HttpResponse:
    return HttpResponse(text, status=429, content_type="text/plain; charset=utf-8", headers={"Retry-After": str(wait)})


def environment_label(request: HttpRequest) -> list[str] | None:
    """The banner that tells where the register holds sample data."""
    register = _register(request)
    if not (register and register.sample):
        return None
    if register.parts is None:
        return ["Dữ liệu mẫu", "warning"]
    filling = SampleOffice(done=register.done, parts=register.parts)
    return [f"Dữ liệu mẫu, đang nạp {filling.percent} %", "warning"]


def _register(request: HttpRequest) -> Any:
    """The register, how much of the sample office is written while it is, and whether there is any.

    Every page asks, so it is one query.
    """
    if not hasattr(request, "register"):
        filling = SampleOffice.objects.filter(pk=1, state=SampleOffice.State.FILLING)
        done, parts = (Subquery(filling.values(name)[:1]) for name in ("done", "parts"))
        asked = Register.objects.annotate(done=done, parts=parts, has_sample=Exists(Written.objects.all()))
        request.register = asked.first()  # type: ignore[attr-defined]
    return request.register  # type: ignore[attr-defined]


def _has_sample(request: HttpRequest) -> bool:
    register = _register(request)
    return register is not None and register.has_sample


def idle_script(request: HttpRequest) -> str:  # noqa: ARG001
    """What tells, on each page, before a session ends for want of use."""
    return static("backoffice/idle.js")


def navigation(request: HttpRequest) -> list[dict[str, Any]]:  # noqa: ARG001
    """The sidebar, in the order of the work."""

    def link(title: str, icon: str, model: str) -> dict[str, Any]:
        app = model.split("_", 1)[0]
        return {
            "title": title,
            "icon": icon,
            "link": reverse_lazy(f"admin:{model}_changelist"),
            "permission": lambda request: request.user.has_module_perms(app),
        }

    def page(title: str, icon: str, name: str) -> dict[str, Any]:
        return {
            "title": title,
            "icon": icon,
            "link": reverse_lazy(name),
            "permission": lambda request: request.user.has_perm("accounts.change_user"),
        }

    return [
        {
            "title": "Việc",
            "items": [
                {"title": "Tổng quan", "icon": "dashboard", "link": reverse_lazy("admin:index")},
                {
                    "title": "Hộp việc",
                    "icon": "inbox",
                    "link": reverse_lazy("office-inbox-first"),
                    "permission": lambda request: request.user.has_perm("records.add_event"),
                },
                link("Hạn xử lý", "timer", "reviewing_deadline"),
                {"title": "Tệp của tôi", "icon": "folder_open", "link": reverse_lazy("office-files")},
            ],
        },
        {
            "title": "Sổ đăng ký",
            "items": [
                link("Sản phẩm", "inventory_2", "register_product"),
                link("Chủ thể", "storefront", "register_producer"),
                link("Liên kết của mã", "link", "linking_productlink"),
                {
                    "title": "Cấp lại theo quyết định",
                    "icon": "event_repeat",
                    "link": reverse_lazy("office-renew-many"),
                    "permission": lambda request: request.user.has_perm("register.add_certificate"),
                },
                {
                    "title": "Gộp chủ thể",
                    "icon": "merge",
                    "link": reverse_lazy("merge-producers"),
                    "permission": lambda request: request.user.has_perm("register.change_producer"),
                },
                {
                    "title": "Thử một mã",
                    "icon": "qr_code_scanner",
                    "link": reverse_lazy("office-code-tester"),
                    "permission": lambda request: request.user.has_perm("register.view_product"),
                },
                {
                    "title": "Nhập danh sách",
                    "icon": "upload_file",
                    "link": reverse_lazy("imports"),
                    "permission": lambda request: request.user.has_perm("register.change_product"),
                },
                link("Địa phương", "map", "register_locality"),
                link("Tên sổ và tên miền", "domain", "register_register"),
                link("Danh mục kiểm tra", "checklist", "checklists_checklist"),
                {
                    "title": "Soạn danh mục",
                    "icon": "edit_note",
                    "link": reverse_lazy("office-checklist-drafts"),
                    "permission": lambda request: request.user.has_perm("checklists.add_checklist"),
                },
                link("Khóa ký", "key", "register_issuerkey"),
                link("Xác nhận ký số", "verified", "register_signedstatement"),
            ],
        },
        {
            "title": "Kiểm tra",
            "items": [
                link("Báo cáo của người dân", "flag", "reports_report"),
                link("Đợt kiểm tra", "event_note", "rounds_round"),
                link("Phiếu trong đợt", "assignment", "rounds_inspection"),
                link("Kiểm kệ", "shelves", "audits_audit"),
                link("Trả lời của người gửi", "forum", "answers_answer"),
                link("Phiếu kiểm tra", "fact_check", "inspections_inspection"),
                link("Nghi mã bị sao chép", "content_copy", "inspections_suspicion"),
                link("Chuỗi phiếu bị đứt", "link_off", "records_break"),
            ],
        },
        {
            "title": "Người và máy",
            "items": [
                page("Người", "group", "office-people"),
                page("Máy", "devices", "office-devices"),
                page("Đăng nhập bị khóa", "lock_person", "office-lockouts"),
                link("Khóa của thiết bị", "fingerprint", "accounts_devicekey"),
                page("Khóa dịch vụ", "vpn_key", "office-service-keys"),
                {
                    "title": "Xác nhận hai bước của tôi",
                    "icon": "phonelink_lock",
                    "link": reverse_lazy("office-second-factor"),
                },
                {"title": "Nơi tôi đang đăng nhập", "icon": "login", "link": reverse_lazy("office-own-sessions")},
                {
                    "title": "Văn phòng mẫu",
                    "icon": "delete_sweep",
                    "link": reverse_lazy("office-sample"),
                    "permission": lambda request: request.user.has_perm(EMPTYING) and _has_sample(request),
                },
            ],
        },
        {
            "title": "Nhật ký",
            "items": [
                {
                    "title": "Nhật ký",
                    "icon": "history",
                    "link": reverse_lazy("office-log"),
                    "permission": lambda request: request.user.has_perm("logbook.view_entry"),
                },
            ],
        },
        {
            "title": "Dữ liệu cá nhân",
            "items": [
                {
                    "title": "Thời hạn và yêu cầu",
                    "icon": "shield_person",
                    "link": reverse_lazy("office-privacy"),
                    "permission": lambda request: request.user.has_perm("privacy.change_personrequest"),
                },
            ],
        },
    ]
