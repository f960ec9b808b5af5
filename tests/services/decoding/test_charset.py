"""One symbol's bytes have one text, whoever read them."""

import codecs
from collections.abc import Callable

import numpy as np
import pytest
import segno
import zxingcpp

from services.decoding import Symbol, engines
from services.decoding.charset import KANJI, Segment, to_text
from services.decoding.eci import SHIFT_JIS, Undecodable, charset_of
from services.decoding.pixels import Gray
from tests.services.decoding.pictures import desktop, phone

Decoder = Callable[[Gray], list[Symbol]]
VIETNAMESE = "Chả mực Hạ Long, Bãi Cháy"
CHINESE = "广宁省下龙鱿鱼饼 产地追溯"
JAPANESE = "下龍湾のイカ焼き、産地"
UNSAID = [
    (VIETNAMESE, "utf-8"),
    (VIETNAMESE, "utf-8-sig"),
    (VIETNAMESE, "utf-16"),
    (VIETNAMESE, "utf-16-be"),
    ("8935001234562", "utf-16-le"),
    (CHINESE, "gb18030"),
    (JAPANESE, SHIFT_JIS),
    ("Märchen für Käse, 5°", "latin-1"),
]


@pytest.mark.parametrize(
    ("text", "charset"),
    [
        *UNSAID,
        ("https://id.example/p/8K2Q", "utf-8-sig"),
        ("产地追溯码：广宁省", "gb18030"),
        ("品名:米 产地:越南", "gb18030"),
        ("ｱｲｳｴｵ 12", SHIFT_JIS),
        ("カタカナ", SHIFT_JIS),
        ("Ñandú, ¿qué?", "latin-1"),
        ("São João à mão", "latin-1"),
        ("Þingvellir á Íslandi", "latin-1"),
        ("± 5 µm", "latin-1"),
    ],
)
def test_bytes_of_no_stated_charset_are_what_they_look_like(text: str, charset: str) -> None:
    assert to_text([Segment(text.encode(charset), None)]) == text


@pytest.mark.parametrize(
    ("text", "charset"),
    [
        ("下龍灣魷魚餅", "big5"),
        ("品名：烏龍茶 產地：臺灣", "big5"),
        ("하롱 오징어 어묵, 원산지 베트남", "euc_kr"),
        ("제품 https://id.example/01/09521234567899", "euc_kr"),
        ("ハロン湾のイカ焼き、産地", "euc_jp"),
        ("品名 烏龍茶", "euc_jp"),
    ],
)
def test_a_text_of_which_nothing_tells_the_charset_is_refused_by_every_reader(text: str, charset: str) -> None:
    raw = text.encode(charset)
    with pytest.raises(Undecodable):
        to_text([Segment(raw, None)])
    for name in ("zxing-cpp", "pyzbar", "qr"):
        engine = engines.find(name)
        assert isinstance(engine, engines.Engine)
        assert engine.read(qr(raw)) == []
    assert to_text([Segment(raw, charset)]) == text, "with an ECI it is read"


def test_utf_16_of_either_order_is_told_by_its_mark() -> None:
    for mark, charset in ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")):
        assert to_text([Segment(mark + VIETNAMESE.encode(charset), None)]) == VIETNAMESE


def test_one_empty_byte_is_padding_and_makes_no_utf_16() -> None:
    assert to_text([Segment(b"8935001234562\0", None)]) == "8935001234562\0"


def test_a_charset_that_grew_is_read_as_the_largest() -> None:
    for number, text, charset in ((29, "鱿魚 Đ à", "gb18030"), (31, "龍井茶葉", "gbk"), (30, "샾", "cp949")):
        assert to_text([Segment(text.encode(charset), charset_of(number))]) == text


def test_utf_8_whose_bytes_a_writer_put_into_kanji_mode_is_utf_8() -> None:
    raw = "产地追溯码：广宁省下龙".encode()
    cut = next(at for at in range(len(raw) - 1) if 0xE040 <= int.from_bytes(raw[at : at + 2], "big") <= 0xEBBF)
    segments = [Segment(raw[:cut], None), Segment(raw[cut : cut + 2], KANJI), Segment(raw[cut + 2 :], None)]
    assert to_text(segments) == raw.decode()
    assert to_text([Segment(s.raw, s.charset or "utf-8") for s in segments]) == raw.decode(), "with an ECI too"


def test_kanji_and_the_bytes_between_them_are_shift_jis() -> None:
    assert to_text([Segment("点茗".encode(SHIFT_JIS), KANJI), Segment("ｱ1".encode(SHIFT_JIS), None)]) == "点茗ｱ1"


def test_a_stated_charset_is_kept_where_the_bytes_would_be_utf_8_as_well() -> None:
    assert to_text([Segment("é".encode(), "latin-1")]) == "Ã©"
    assert to_text([Segment("一".encode("gb2312"), "gb2312")]) == "一"


def qr(raw: bytes) -> Gray:
    return picture(segno.make(raw, mode="byte", micro=False))


def picture(code: segno.QRCode) -> Gray:
    modules = np.array([list(row) for row in code.matrix], bool)
    return np.pad(np.where(np.kron(modules, np.ones((4, 4), bool)), 0, 255).astype(np.uint8), 24, constant_values=255)


@pytest.mark.parametrize("name", ["zxing-cpp", "pyzbar", "qr"])
@pytest.mark.parametrize(("text", "charset"), UNSAID)
def test_every_engine_gives_the_same_text_or_none(name: str, text: str, charset: str) -> None:
    engine = engines.find(name)
    assert isinstance(engine, engines.Engine)
    said = [(read.text, read.raw) for read in engine.read(qr(text.encode(charset)))]
    assert said == [(text, text.encode(charset))] or (name != "qr" and charset == "gb18030" and not said)


@pytest.mark.parametrize("name", ["zxing-cpp", "pyzbar", "qr"])
@pytest.mark.parametrize(
    ("text", "options"),
    [
        (VIETNAMESE, {"encoding": "utf-8", "eci": True}),
        ("Привет \\000026 \\", {"encoding": "iso8859-5", "eci": True}),  # what looks like an ECI is text
        ("\\000026 \\", {}),
    ],
)
def test_an_eci_is_obeyed_by_every_engine(name: str, text: str, options: dict[str, str | bool]) -> None:
    engine = engines.find(name)
    assert isinstance(engine, engines.Engine)
    assert [read.text for read in engine.read(picture(segno.make(text, micro=False, **options)))] == [text]  # type: ignore[arg-type]


@pytest.mark.parametrize("read", [desktop, phone], ids=["desktop", "phone"])
@pytest.mark.parametrize(("text", "charset"), [(VIETNAMESE, "utf-8-sig"), (CHINESE, "gb18030")])
def test_one_qr_code_is_one_symbol(read: Decoder, text: str, charset: str) -> None:
    assert [symbol.text for symbol in read(qr(text.encode(charset)))] == [text]


def test_a_data_matrix_has_the_same_text_from_either_reader() -> None:
    for text, charset in UNSAID:
        code = zxingcpp.create_barcode(text.encode(charset), zxingcpp.BarcodeFormat.DataMatrix)
        image = np.pad(np.array(code.to_image(scale=5, add_quiet_zones=False)), 24, constant_values=255)
        for name in ("zxing-cpp", "data-matrix"):
            engine = engines.find(name)
            assert isinstance(engine, engines.Engine)
            assert [read.text for read in engine.read(image)] == [text], name
