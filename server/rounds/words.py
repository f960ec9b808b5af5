"""The words of rounds and inspections (docs/api.md), each with its name in the back office."""

from __future__ import annotations

from records.words import Word


class PlaceKind(Word):
    """What kind of place is inspected."""

    MARKET = "market", "Chợ"
    SHOP = "shop", "Cửa hàng"
    WAREHOUSE = "warehouse", "Kho"
    FAIR = "fair", "Hội chợ"
    ONLINE = "online", "Bán trên mạng"
    OTHER = "other", "Nơi khác"


class PersonRole(Word):
    """As what somebody takes part."""

    INSPECTOR = "inspector", "Cán bộ kiểm tra"
    SELLER = "seller", "Người bán"
    WITNESS = "witness", "Người chứng kiến"
    OTHER = "other", "Khác"


class Signer(Word):
    """As what somebody signs."""

    INSPECTOR = "inspector", "Cán bộ kiểm tra"
    SELLER = "seller", "Người bán"
    WITNESS = "witness", "Người chứng kiến"


class Finding(Word):
    """What was found. MATCHES stands alone."""

    MATCHES = "matches", "Đúng với đăng ký"
    STARS_DIFFER = "stars_differ", "Sai số sao"
    LABEL_DIFFERS = "label_differs", "Nhãn khác đăng ký"
    PAST_DATE = "past_date", "Quá hạn dùng"
    CERTIFICATE_ENDED = "certificate_ended", "Giấy chứng nhận hết hiệu lực"
    LOOKS_COPIED = "looks_copied", "Nghi hàng nhái"
    CODE_DIFFERS = "code_differs", "Mã không khớp"
    NO_PAPERS = "no_papers", "Không có giấy tờ"
    OTHER = "other", "Điều khác"


class Seal(Word):
    """The state of the pack's seal."""

    INTACT = "intact", "Còn nguyên"
    BROKEN = "broken", "Đã rách"
    NONE = "none", "Không có niêm phong"


class Sale(Word):
    """What becomes of the goods at this place."""

    ON_SALE = "on_sale", "Đang bán"
    HELD_BACK = "held_back", "Tạm ngừng bán"
    SOLD_HERE = "sold_here", "Đã bán ở đây"


class Shows(Word):
    """What a photo shows."""

    FRONT = "front", "Mặt trước"
    LABEL = "label", "Nhãn"
    CODE = "code", "Mã"
    SEAL = "seal", "Niêm phong"
    SHELF = "shelf", "Quầy, kệ"
    OTHER = "other", "Khác"


class Answered(Word):
    """The answer to an item of a checklist."""

    OK = "ok", "Đạt"
    MISSING = "missing", "Không có"
    WRONG = "wrong", "Sai"
    UNREADABLE = "unreadable", "Không đọc được"
    NOT_APPLICABLE = "not_applicable", "Không áp dụng"
    NOT_CHECKED = "not_checked", "Chưa kiểm tra"


class AnsweredBy(Word):
    """Who answered an item."""

    PERSON = "person", "người kiểm tra"
    CODE = "code", "từ mã"
    CERTIFICATE = "certificate", "từ giấy chứng nhận"
