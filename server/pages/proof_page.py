"""The page that a paper's QR code opens: {site}/proof/{record id}?p={PAPER} (docs/api.md, "Proofs").

It tells what this register holds of the paper's record, and never that the rest of the paper is right.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_safe

from pages.certificate_words import in_words
from pages.language import in_readers_language
from pages.showing import show
from records.proofs import BadPaper, Paper, Proof, proof_of, read_paper
from register.days import day_of


@dataclass(frozen=True)
class Band:
    """One thing that is told: a tone (a CSS class), a headline, and what it means."""

    tone: str
    headline: str
    text: str


_TITLES = {"round": gettext_noop("Kiểm tra biên bản"), "audit": gettext_noop("Kiểm tra phiếu kiểm kệ")}
_COUNTS = {
    "products": gettext_noop("Số sản phẩm"),
    "findings": gettext_noop("Số điều phát hiện"),
    "photos": gettext_noop("Số ảnh"),
    "lines": gettext_noop("Số dòng"),
    "packs": gettext_noop("Số gói"),
    "take_down": gettext_noop("Số dòng nên cất khỏi kệ"),
}
_NOT_WHOLE = (
    "unknown",
    gettext_noop("Không đọc được mã trên giấy"),
    gettext_noop(
        "Địa chỉ bị thiếu hoặc sai. Hãy quét lại mã QR in trên giấy, hoặc hỏi nơi đã đưa giấy để xin tệp PDF gốc."
    ),
)
_SIGNATURE = {
    "altered": (
        "stop",
        gettext_noop("Số liệu trong mã không phải là số liệu đã ký"),
        gettext_noop(
            "Chữ ký không khớp với mã hồ sơ, ngày và các con số trong mã QR này: mã đã bị sửa hoặc được chép từ hồ sơ "
            "khác. Mã này không chứng minh điều gì."
        ),
    ),
    "unknown_key": (
        "unknown",
        gettext_noop("Không biết ai đã ký mã này"),
        gettext_noop(
            "Khóa ký chưa được sổ đăng ký này xác nhận. Có thể thiết bị chưa có mạng từ khi lập hồ sơ, hoặc mã không "
            "do thiết bị đã lập hồ sơ tạo ra. Hãy hỏi nơi ghi trên giấy."
        ),
    ),
    "another": (
        "stop",
        gettext_noop("Mã được ký bằng khóa của người khác hoặc máy khác"),
        gettext_noop(
            "Hồ sơ mà mã nêu do tài khoản khác, hoặc từ máy khác, gửi tới. Các con số trong mã không do người lập hồ "
            "sơ ký. Hãy hỏi nơi ghi trên giấy."
        ),
    ),
    "key_revoked": (
        "attention",
        gettext_noop("Khóa ký mã này đã bị thu hồi"),
        gettext_noop(
            "Chữ ký đúng, nhưng khóa đã bị thu hồi, có thể vì máy bị mất. Giấy làm trước khi thu hồi vẫn có thể "
            "ngay tình. Hãy hỏi nơi ghi trên giấy."
        ),
    ),
    "good": (
        "told",
        gettext_noop("Chữ ký của mã đúng"),
        gettext_noop("Ngày và các con số dưới đây là số liệu mà thiết bị lập hồ sơ đã ký."),
    ),
}
_HELD = {
    "matches": (
        "fine",
        gettext_noop("Khớp với hồ sơ mà sổ đăng ký đang giữ"),
        gettext_noop("Mã băm trên giấy là của đúng hồ sơ đã gửi về."),
    ),
    "differs": (
        "stop",
        gettext_noop("Khác với hồ sơ mà sổ đăng ký đang giữ"),
        gettext_noop("Dưới mã hồ sơ này, sổ đăng ký giữ một nội dung khác. Hãy hỏi nơi ghi trên giấy."),
    ),
    "not_arrived": (
        "unknown",
        gettext_noop("Hồ sơ chưa tới sổ đăng ký"),
        gettext_noop(
            "Điều này không có nghĩa là giấy giả: hồ sơ được giữ trên máy đã lập nó và tự gửi khi có mạng. "
            "Hãy xem lại sau."
        ),
    ),
}
_CHAIN = {
    "gap": (
        "attention",
        gettext_noop("Hồ sơ liền trước chưa tới"),
        gettext_noop(
            "Mỗi hồ sơ ghi mã băm của hồ sơ liền trước từ cùng thiết bị. Hồ sơ liền trước của hồ sơ này chưa có ở đây: "
            "có thể nó còn chờ mạng, hoặc đã bị bỏ đi. Bản thân hồ sơ này không vì thế mà sai."
        ),
    ),
    "fork": (
        "attention",
        gettext_noop("Có hai hồ sơ cùng nối sau một hồ sơ"),
        gettext_noop(
            "Một hồ sơ khác từ cùng thiết bị ghi cùng hồ sơ liền trước. Dữ liệu của máy có thể đã được sao chép hoặc "
            "khôi phục từ bản cũ. Sổ đăng ký giữ cả hai hồ sơ."
        ),
    ),
}
_REVOKED_AFTERWARDS = (
    "attention",
    gettext_noop("Khóa ký hồ sơ bị thu hồi sau khi hồ sơ đã tới"),
    gettext_noop(
        "Sổ đăng ký đã nhận hồ sơ này trước lúc thu hồi khóa. Chỉ cần nghi ngờ nếu máy đã bị mất từ trước khi hồ sơ "
        "tới."
    ),
)
_REVOKED_BEFORE = (
    "attention",
    gettext_noop("Hồ sơ tới sau khi khóa ký bị thu hồi"),
    gettext_noop(
        "Người đang giữ máy hoặc khóa có thể đã ký, dù trong hồ sơ ghi ngày nào. Có thể hồ sơ vẫn ngay tình và chỉ tới "
        "muộn: trang này không biết. Hãy hỏi nơi ghi trên giấy."
    ),
)
_OTHER_FACTS = (
    "stop",
    gettext_noop("Số liệu trong mã khác với hồ sơ đang giữ"),
    gettext_noop("Mã băm đúng là của hồ sơ, nhưng ngày hoặc các con số trong mã không phải của hồ sơ ấy."),
)
_CORRECTED = (
    "attention",
    gettext_noop("Hồ sơ này đã được thay bằng hồ sơ sau"),
    gettext_noop("Người lập đã gửi một hồ sơ khác để sửa hồ sơ này. Hãy xin bản mới ở nơi ghi trên giấy."),
)
_PARTS_CORRECTED = (
    "attention",
    gettext_noop("Có phiếu trong hồ sơ này đã được sửa sau khi lập"),
    gettext_noop("Số phiếu đã sửa: {count}. Giấy này ghi nội dung trước khi sửa. Hãy xin bản mới."),
)
_PARTS_MISSING = (
    "told",
    gettext_noop("Có phiếu trong hồ sơ này chưa tới"),
    gettext_noop("Số phiếu chưa tới: {count}. Có thể chúng còn chờ mạng. Các con số trong mã chưa được so với hồ sơ."),
)
_PARTS_DIFFER = (
    "stop",
    gettext_noop("Có phiếu khác với phiếu mà hồ sơ nêu"),
    gettext_noop("Số phiếu khác: {count}. Sổ đăng ký giữ nội dung khác dưới mã của chúng. Hãy hỏi cơ quan."),
)
_CLOCK_SET_BACK = (
    "attention",
    gettext_noop("Đồng hồ của máy đã bị chỉnh lùi"),
    gettext_noop(
        "Theo đồng hồ của máy, một phiếu được lập trước phiếu mà nó nối sau, điều không thể xảy ra. Có thể đồng hồ đã "
        "sai rồi được chỉnh lại. Đừng dựa vào ngày giờ ghi trong hồ sơ: chỉ lúc nhận là do sổ đăng ký ghi."
    ),
)
_DAY_AHEAD = (
    "attention",
    gettext_noop("Ngày trong mã ở sau lúc nhận"),
    gettext_noop("Sổ đăng ký nhận hồ sơ trước ngày ấy, nên đồng hồ của máy đã sai khi lập hồ sơ."),
)
_LATE = (
    "told",
    gettext_noop("Hồ sơ tới muộn hơn ngày trong mã nhiều ngày"),
    gettext_noop(
        "Số ngày: {count}. Ngày trong mã theo đồng hồ của máy. Có thể máy lâu không có mạng, hoặc đồng hồ đã sai: "
        "trang này không biết điều nào đúng."
    ),
)
_LATE_DAYS = 30
_IS_ERASED = gettext_noop("Dữ liệu cá nhân trong hồ sơ đã được xóa")
_ERASED = {
    "time": ("told", _IS_ERASED, gettext_noop("Theo thời hạn lưu giữ. Mã băm vẫn là của hồ sơ đã nhận.")),
    "request": (
        "told",
        _IS_ERASED,
        gettext_noop("Cơ quan đã xóa theo yêu cầu của người có dữ liệu. Mã băm vẫn là của hồ sơ đã nhận."),
    ),
    "office": (
        "told",
        _IS_ERASED,
        gettext_noop("Theo quyết định của cơ quan. Mã băm vẫn là của hồ sơ đã nhận."),
    ),
}


@require_safe
@in_readers_language
def proof_page(request: HttpRequest, record: str) -> HttpResponse:
    """Judge the paper's code, and tell what is held under its id."""
    try:
        paper = read_paper(record, request.GET.get("p", ""))
    except BadPaper:
        return _answer(show(request, "pages/proof.html", {"bands": [_band(_NOT_WHOLE)]}, status=404))
    # What nobody signed says nothing of a record, and a record must not be blamed for it.
    proof = proof_of(UUID(record), paper.sha256) if paper.worth in ("good", "key_revoked") else None
    context = {
        "bands": _bands(paper, proof),
        "paper": paper,
        "title": _(_TITLES[paper.kind]),
        "counts": [(_(_COUNTS[name]), number) for name, number in paper.counts.items()],
        "record": record,
        "day": in_words(paper.day),
        "proven": proof is not None,
        "received": _moment(proof.received_at) if proof else "",
        "revoked": _moment(paper.key_revoked_at),
    }
    return _answer(show(request, "pages/proof.html", context))


def _bands(paper: Paper, proof: Proof | None) -> list[Band]:
    """What is told, the judgement first: of the code, of what is held, and of what limits either."""
    signature = _band(_SIGNATURE[paper.worth])
    if proof is None:
        return [signature]
    told = [_band(_HELD[proof.state]), signature] if paper.worth == "good" else [signature, _band(_HELD[proof.state])]
    if proof.state != "matches":
        return told
    if proof.account and (paper.account, paper.device) != (proof.account, proof.device):
        return [_band(_SIGNATURE["another"])]
    if paper.contradicts(proof.parts):
        told.insert(0, _band(_OTHER_FACTS))
    return [*told, *_limits(proof), *_days(paper, proof)]


def _limits(proof: Proof) -> list[Band]:
    """What is to be known of the record that is held."""
    told = []
    if parts := proof.parts:
        counts = {_PARTS_DIFFER: parts.differing, _PARTS_CORRECTED: parts.corrected, _PARTS_MISSING: parts.missing}
        told = [_band(said, count) for said, count in counts.items() if count]
    if proof.corrected_at:
        told.append(_band(_CORRECTED))
    revoked, received = proof.key.revoked_at if proof.key else None, proof.received_at
    if revoked and received:
        told.append(_band(_REVOKED_AFTERWARDS if received < revoked else _REVOKED_BEFORE))
    if proof.chain in _CHAIN:
        told.append(_band(_CHAIN[proof.chain]))
    grounds = dict.fromkeys(one["ground"] for one in proof.erased) or (["time"] if proof.erased_at else [])
    return [*told, *(_band(_ERASED[ground]) for ground in grounds)]


def _days(paper: Paper, proof: Proof) -> list[Band]:
    """What the days say of the device's clock, and what they leave open."""
    told = [_band(_CLOCK_SET_BACK)] if proof.clock_set_back else []
    late = (day_of(proof.received_at) - paper.day).days if proof.received_at else 0
    if late < -1:
        told.append(_band(_DAY_AHEAD))
    elif late > _LATE_DAYS:
        told.append(_band(_LATE, late))
    return told


def _band(said: tuple[str, str, str], count: int = 0) -> Band:
    tone, headline, text = said
    return Band(tone, _(headline), _(text).format(count=count))


def _moment(at: datetime | None) -> str:
    """A moment in Vietnam, in the page's language; empty for none."""
    return f"{timezone.localtime(at):%H:%M}, {in_words(day_of(at))}" if at else ""


def _answer(response: HttpResponse) -> HttpResponse:
    """Keep the paper's code out of caches, search engines and the addresses that other sites are told."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
