"""The page that tells everybody how long what is about people is kept, by the times that the office has set."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext
from django.views.decorators.http import require_safe

from pages.language import in_readers_language
from pages.showing import show
from privacy.clock import all_days

_KEPT = (
    ("contact", gettext_noop("Liên hệ trong báo cáo, sau khi báo cáo xong")),
    ("contact_longest", gettext_noop("Liên hệ trong báo cáo, muộn nhất kể từ khi nhận")),
    ("report_text", gettext_noop("Lời kể và nơi thấy trong báo cáo")),
    ("photos", gettext_noop("Ảnh")),
    ("positions", gettext_noop("Vị trí")),
    ("texts", gettext_noop("Ghi chú trong phiếu kiểm tra")),
    ("names", gettext_noop("Tên và chữ ký trong đợt kiểm tra, sau khi hồ sơ xong")),
    ("names_longest", gettext_noop("Tên và chữ ký trong đợt kiểm tra, muộn nhất kể từ khi nhận")),
    ("sign_ins", gettext_noop("Lần đăng nhập")),
)
_YEAR = 365


@require_safe
@in_readers_language
def keeping_page(request: HttpRequest) -> HttpResponse:
    """Show each time in days or whole years, what stays, and what a person may ask for."""
    days = all_days()
    rows = [(_(words), _length(days[key])) for key, words in _KEPT]
    return show(request, "pages/keeping.html", {"rows": rows, "answer": days["answer"], "carry_out": days["carry_out"]})


def _length(days: int) -> str:
    """A time in words: years where it is a whole number of them, since nobody counts 1825 days."""
    years, rest = divmod(days, _YEAR)
    if years and not rest:
        return ngettext("%(count)s năm", "%(count)s năm", years) % {"count": years}
    return ngettext("%(count)s ngày", "%(count)s ngày", days) % {"count": days}
