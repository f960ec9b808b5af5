"""The page that tells what a text would name: a number, a link, any code of a pack, by the rules of the app."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from backoffice.certificate_words import OneCertificate, on_day
from backoffice.permissions import needs
from issuing.models import SignedStatement
from issuing.statements import check
from register import days
from register.certificates import that_counts
from register.models import PackCode, Product
from register.naming import Fault, Form, Listed, Said, find_listed, read_code

LONGEST = 8000
"""Characters of the longest text: no code holds more."""
FORMS = {
    Form.NUMBER: "Một con số, như dưới mã vạch",
    Form.ELEMENTS: "Chuỗi GS1 (GS1-128, DataMatrix hoặc QR của GS1)",
    Form.DIGITAL_LINK: "Liên kết GS1 (Digital Link)",
    Form.ADDRESS: "Địa chỉ trang web, không có GTIN trong đó",
    Form.TEXT: "Một đoạn chữ",
}
FAULTS = {
    Fault.WRONG_LENGTH: "GTIN có 8, 12, 13 hoặc 14 chữ số. Số này dài ngắn khác thế: có thể thiếu hoặc thừa chữ số.",
    Fault.WRONG_CHECK_DIGIT: "Chữ số kiểm tra sai: có một chữ số bị gõ hoặc in sai. Ứng dụng nói “mã sai”.",
    Fault.NO_GTIN: "Chuỗi này không có GTIN (01), nên không nói về sản phẩm nào.",
    Fault.NO_ADDRESS: "Địa chỉ này viết sai nên không dẫn tới đâu cả.",
}
_STATEMENTS = {
    "good": ("Chữ ký đúng.", "fine"),
    "malformed": ("Không đọc được: xác nhận bị cắt hoặc sửa.", "stop"),
    "unknown_key": ("Ký bằng khóa mà sổ này không có.", "stop"),
    "altered": ("Chữ ký sai: xác nhận đã bị sửa hoặc không phải sổ này ký.", "stop"),
    "key_revoked": ("Khóa đã ký bị thu hồi.", "att"),
    "key_not_in_use": ("Ghi ngày ký mà khóa chưa hoặc không còn được dùng.", "stop"),
}


@dataclass
class Answer:
    """What a text names, step by step. `how` tells why it is the product."""

    said: Said
    form: str
    problem: str = ""
    product: Product | None = None
    paper: OneCertificate | None = None
    how: str = ""
    statement: list[str] = field(default_factory=list)
    tone: str = ""
    several: list[tuple[Product, str]] = field(default_factory=list)

    @property
    def reads_more(self) -> bool:
        """Whether the app checks more in it than this page does."""
        return self.said.gtin is not None and self.said.form in {Form.ELEMENTS, Form.DIGITAL_LINK}


@needs("register.view_product")
def code_tester(request: HttpRequest) -> HttpResponse:
    """Ask for a text, and tell what it names."""
    text = request.GET.get("text", "")
    problem = ""
    if len(text) > LONGEST:
        problem = f"Không mã nào chứa hơn {LONGEST} ký tự. Hãy dán nội dung của một mã thôi."
    elif "text" in request.GET and not text.strip(" \t\r\n\x1d"):
        problem = "Hãy dán nội dung của một mã, hoặc gõ con số dưới mã vạch."
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        "title": "Thử một mã",
        "text": text[:LONGEST],
        "problem": problem,
        "answer": named_by(text, days.today()) if text and not problem else None,
    }
    return render(request, "backoffice/register/code_tester.html", context)


def named_by(text: str, today: date) -> Answer:
    """What a text names."""
    said = read_code(text)
    answer = Answer(said, FORMS[said.form], FAULTS[said.fault] if said.fault else "")
    if said.gtin:
        answer.product = _of(Product.objects.filter(gtin=said.gtin))
        answer.how = "Sổ có sản phẩm mang GTIN này."
    if answer.product is None and said.fault in {None, Fault.NO_GTIN}:
        _look_up(said, text, answer)
    if answer.product is not None:
        counts = that_counts(answer.product.certificates.all(), today)
        answer.paper = on_day(counts, today) if counts else None
    _judge_statement(said, answer)
    return answer


def _of(products: Any) -> Product | None:
    found: Product | None = products.select_related("producer").prefetch_related("certificates").first()
    return found


def _look_up(said: Said, text: str, answer: Answer) -> None:
    """Find the text among those of packs."""
    codes = [Listed(*row) for row in PackCode.objects.order_by().values_list("kind", "value", "product")]
    found = find_listed(said.text, codes) or find_listed(text.strip(), codes)
    products = {one.product: one for one in found}
    if len(products) == 1:
        (one,) = products.values()
        answer.product = _of(Product.objects.filter(pk=one.product))
        answer.how = f"Mã trên bao bì của sản phẩm, so {PackCode.Kind(one.kind).label.lower()}: {one.value}"
    elif products:
        rows = Product.objects.filter(pk__in=products)
        answer.several = [(product, products[product.pk].value) for product in rows]


def _judge_statement(said: Said, answer: Answer) -> None:
    """Tell what a signed statement in an address is worth; one alone in the text is read too."""
    token = ""
    if said.form in {Form.ADDRESS, Form.DIGITAL_LINK} and said.fault is not Fault.NO_ADDRESS:
        tokens = [value for name, value in parse_qsl(urlsplit(said.text).query) if name == "statement"]
        token = "&".join(tokens)  # of several nobody knows which counts: together they are none
    elif said.form is Form.TEXT and said.text.count(".") == 2 and said.text.startswith("ey"):
        token = said.text
    if not token:
        return
    worth, claims = check(token)
    words, answer.tone = _STATEMENTS[worth]
    answer.statement = [words]
    if claims is None:
        return
    span = f"{claims.valid_from:%d/%m/%Y} – {claims.valid_to:%d/%m/%Y}"
    answer.statement.append(f"Nói về GTIN {claims.gtin}, giấy {claims.certificate}, {claims.stars} sao, {span}.")
    if worth == "good" and SignedStatement.objects.filter(jti=claims.jti).exclude(revoked_at=None).exists():
        answer.statement.append("Xác nhận này đã bị thu hồi.")
        answer.tone = "stop"
    if said.gtin and said.gtin != claims.gtin:
        answer.statement.append("Xác nhận nói về sản phẩm khác với GTIN trong mã.")
        answer.tone = "stop"
    if said.form is Form.TEXT and worth == "good":
        answer.product = _of(Product.objects.filter(gtin=claims.gtin))
        answer.form, answer.how = "Một xác nhận ký số", "Xác nhận ký số nói về sản phẩm này."
        counts = that_counts(answer.product.certificates.all(), days.today()) if answer.product else None
        answer.paper = on_day(counts, days.today()) if counts else None
