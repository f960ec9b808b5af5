"""GS1 Digital Link URIs by themselves: addresses, the key, its qualifiers, the query, percent-encoding."""

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.codes import CodeError, Fault, gs1_elements

GTIN = "09521234567899"
KEY = f"https://id.example/01/{GTIN}"
LINE = ("01", GTIN)
QUALIFIERS = "its qualifiers do not belong to it, or not in this order"


@pytest.mark.parametrize(
    ("link", "elements"),
    [
        (KEY, [LINE]),
        (f"HTTPS://id.example/01/{GTIN}", [LINE]),
        (f"http://id.example/01/{GTIN}", [LINE]),
        (f"HTTP://id.example/01/{GTIN}", [LINE]),
        (f"https://ID-1.example.:8443/a/b.c/01/{GTIN}", [LINE]),
        (f"https://[2001:db8::1]:1/01/{GTIN}", [LINE]),
        (f"https://a/01/{GTIN}", [LINE]),
        (f"https://a//01/{GTIN}", [LINE]),
        (f"https://a/x/01/{GTIN}", [LINE]),
        (f"https://a/00/006141411234567890/01/{GTIN}", [LINE]),  # the rightmost key
        (f"https://a/01/{GTIN}/10/L/414/9520123456788", [("414", "9520123456788")]),
        (f"https://a/10/L/01/{GTIN}", [LINE]),
        (f"https://a/01/00000000000000/01/{GTIN}", [LINE]),
        ("https://a/01/96385074", [("01", "00000096385074")]),
        ("https://a/01/036000291452", [("01", "00036000291452")]),
        ("https://a/01/9521234567899", [LINE]),
        (f"{KEY}#", [LINE]),
        (f"{KEY}#/01/1", [LINE]),
        (f"{KEY}#?17=260101", [LINE]),
        (f"{KEY}?", [LINE]),
        (f"{KEY}?#", [LINE]),
        (f"{KEY}/10/L", [LINE, ("10", "L")]),
        (f"{KEY}/21/S", [LINE, ("21", "S")]),
        (f"{KEY}/22/V/21/S", [LINE, ("22", "V"), ("21", "S")]),
        (f"{KEY}/22/V/10/L/21/S", [LINE, ("22", "V"), ("10", "L"), ("21", "S")]),
        (f"{KEY}/235/T", [LINE, ("235", "T")]),
        (f"{KEY}/235/T?10=L", [LINE, ("235", "T"), ("10", "L")]),  # with 235 there is no place for it in the path
        ("https://a/8006/095212345678990102/22/V", [("8006", "095212345678990102"), ("22", "V")]),
        ("https://a/414/9520123456788/254/E", [("414", "9520123456788"), ("254", "E")]),
        ("https://a/414/9520123456788/7040/1ABC", [("414", "9520123456788"), ("7040", "1ABC")]),
        ("https://a/417/9520123456788/7040/1ABC", [("417", "9520123456788"), ("7040", "1ABC")]),
        ("https://a/415/9520123456788/8020/R", [("415", "9520123456788"), ("8020", "R")]),
        ("https://a/8004/9521A/7040/1ABC", [("8004", "9521A"), ("7040", "1ABC")]),
        ("https://a/8010/9521A/8011/1", [("8010", "9521A"), ("8011", "1")]),
        ("https://a/8017/123456789012345675/8019/1", [("8017", "123456789012345675"), ("8019", "1")]),
        ("https://a/8018/123456789012345675/8019/1", [("8018", "123456789012345675"), ("8019", "1")]),
        ("https://a/253/1231231231232TEST", [("253", "1231231231232TEST")]),
        ("https://a/401/9521", [("401", "9521")]),
        (f"https://a/8004/9521A?01={GTIN[1:]}", [("8004", "9521A"), LINE]),
        (f"{KEY}?17=260101&15=251231", [LINE, ("17", "260101"), ("15", "251231")]),
        (f"{KEY}?x=1&17=260101&&y", [LINE, ("17", "260101")]),
        (f"{KEY}?=1&17=260101", [LINE, ("17", "260101")]),
        (f"{KEY}?x17=1&17x=2&1_7=3", [LINE]),
        (f"{KEY}?99=a=b", [LINE, ("99", "a=b")]),
        (f"{KEY}?99=a;b", [LINE, ("99", "a;b")]),
        (f"{KEY}?99=a?b", [LINE, ("99", "a?b")]),
        (f"{KEY}?99=a/b", [LINE, ("99", "a/b")]),
        (f"{KEY}?99=a%2Bb", [LINE, ("99", "a+b")]),
        (f"{KEY}?99=a%26b", [LINE, ("99", "a&b")]),
        (f"{KEY}/10/a+b", [LINE, ("10", "a+b")]),
        (f"{KEY}/10/%41%2f", [LINE, ("10", "A/")]),
        (f"{KEY}/10/%4", [LINE, ("10", "%4")]),
        (f"{KEY}/10/100%25", [LINE, ("10", "100%")]),
        (f"https://a/01/%30{GTIN[1:]}", [LINE]),
        (f"{KEY}?4300=Ha%2520Noi", [LINE, ("4300", "Ha%20Noi")]),
    ],
)
def test_a_link_is_read_to_its_elements_in_their_order(link: str, elements: list[tuple[str, str]]) -> None:
    assert gs1_elements(link) == tuple(elements)


@pytest.mark.parametrize(
    ("link", "fault", "ai", "detail"),
    [
        ("https://", Fault.BAD_LINK, None, "it is no web address"),
        ("https:///01/" + GTIN, Fault.BAD_LINK, None, "it is no web address"),
        (f"hTTps://a/01/{GTIN}", Fault.BAD_LINK, None, "it is no web address"),
        (f"https://u@a/01/{GTIN}", Fault.BAD_LINK, None, "it is no web address"),
        (f"https://a_b/01/{GTIN}", Fault.BAD_LINK, None, "it is no web address"),
        (f"https://a~b/01/{GTIN}", Fault.BAD_LINK, None, "it is no web address"),
        (f"https://[fe80::1%25lo]/01/{GTIN}", Fault.BAD_LINK, None, "it is no web address"),
        (f"https://a?/01/{GTIN}", Fault.BAD_LINK, None, "it is no web address"),
        (f"https://a#/01/{GTIN}", Fault.BAD_LINK, None, "it is no web address"),
        (f"https://á/01/{GTIN}", Fault.BAD_LINK, None, "it is no web address"),
        (f"{KEY} ", Fault.BAD_LINK, None, "it is no web address"),
        (f"{KEY}#á", Fault.BAD_LINK, None, "it is no web address"),
        (f"{KEY}?x=<", Fault.BAD_LINK, None, "it is no web address"),
        (f"{KEY}\n", Fault.BAD_LINK, None, "it is no web address"),
        ("https://a", Fault.BAD_LINK, None, "it is no web address"),
        ("https://a/", Fault.BAD_LINK, None, "no GS1 key is in its path"),
        ("https://a/01", Fault.BAD_LINK, None, "no GS1 key is in its path"),
        (f"https://a/?01={GTIN}", Fault.BAD_LINK, None, "no GS1 key is in its path"),
        (f"{KEY}/", Fault.BAD_LINK, None, "no GS1 key is in its path"),
        (f"{KEY}/x", Fault.BAD_LINK, None, "no GS1 key is in its path"),
        (f"{KEY}/x/y", Fault.BAD_LINK, None, "no GS1 key is in its path"),
        (f"{KEY}//10/L", Fault.BAD_LINK, None, "no GS1 key is in its path"),
        (f"https://a/01//{GTIN}", Fault.BAD_LINK, None, "no GS1 key is in its path"),
        (f"https://a/1/{GTIN}", Fault.BAD_LINK, None, "no GS1 key is in its path"),
        (f"https://a/gtin/{GTIN}", Fault.BAD_LINK, None, "no GS1 key is in its path"),
        (f"https://a/010/{GTIN}", Fault.BAD_LINK, None, "no GS1 key is in its path"),
        (f"https://a/02/{GTIN}", Fault.BAD_LINK, None, "no GS1 key is in its path"),
        ("https://a/10/L", Fault.BAD_LINK, None, "no GS1 key is in its path"),
        ("https://a/01/", Fault.BAD_GS1, "01", "its value is too short"),
        (f"{KEY}/10/", Fault.BAD_GS1, "10", "its value is too short"),
        ("https://a/01/952123456789", Fault.WRONG_CHECK_DIGIT, "01", "its value breaks a rule (sum)"),
        ("https://a/01/95212345678", Fault.WRONG_LENGTH, "01", "no GTIN has so many digits"),
        (f"{KEY}0", Fault.WRONG_LENGTH, "01", "no GTIN has so many digits"),
        ("https://a/8006/09521234567899010", Fault.BAD_GS1, "8006", "its value is too short"),
        (f"{KEY}/21/S/10/L", Fault.BAD_LINK, "01", QUALIFIERS),
        (f"{KEY}/10/L/22/V", Fault.BAD_LINK, "01", QUALIFIERS),
        (f"{KEY}/10/L/235/T", Fault.BAD_LINK, "01", QUALIFIERS),
        (f"{KEY}/254/E", Fault.BAD_LINK, "01", QUALIFIERS),
        (f"{KEY}/17/260101", Fault.BAD_LINK, "01", QUALIFIERS),
        ("https://a/00/006141411234567890/10/L", Fault.BAD_LINK, "00", QUALIFIERS),
        ("https://a/414/9520123456788/254/E/7040/1ABC", Fault.BAD_LINK, "414",
         QUALIFIERS),
        (f"{KEY}/10/L/10/L", Fault.CONTRADICTION, "10", "it stands there twice"),
        (f"{KEY}?01={GTIN}", Fault.CONTRADICTION, "01", "it stands there twice"),
        (f"{KEY}?99=a&99=a", Fault.CONTRADICTION, "99", "it stands there twice"),
        (f"{KEY}?02=09520000000011", Fault.CONTRADICTION, "01", "it excludes 02"),
        (f"{KEY}?10=L", Fault.BAD_LINK, "10", "it may not stand in the query"),
        (f"{KEY}/22/V?10=L", Fault.BAD_LINK, "10", "it may not stand in the query"),
        (f"{KEY}/22/V/21/S?10=L", Fault.BAD_LINK, "10", "it may not stand in the query"),
        (f"{KEY}/10/L?21=S", Fault.BAD_LINK, "21", "it may not stand in the query"),
        (f"{KEY}?22=V", Fault.BAD_LINK, "22", "it may not stand in the query"),
        (f"{KEY}?8200=https://a", Fault.BAD_LINK, "8200", "it may not stand in the query"),
        ("https://a/00/006141411234567890?21=S", Fault.BAD_LINK, "21", "it may not stand in the query"),
        (f"{KEY}?05=1", Fault.BAD_LINK, "05", "an unknown identifier"),
        (f"{KEY}?0=1", Fault.BAD_LINK, "0", "an unknown identifier"),
        (f"{KEY}?990=1", Fault.BAD_LINK, "990", "an unknown identifier"),
        (f"{KEY}?17=", Fault.BAD_GS1, "17", "its value is too short"),
        (f"{KEY}?17=261301", Fault.BAD_GS1, "17", "its value breaks a rule (day0)"),
        (f"{KEY}?99=a+b", Fault.BAD_GS1, "99", "a character that may not stand there"),
        (f"{KEY}?99=a%20b", Fault.BAD_GS1, "99", "a character that may not stand there"),
        (f"{KEY}?99=a%00b", Fault.BAD_GS1, "99", "a character that may not stand there"),
        (f"{KEY}?99=a%1Db", Fault.BAD_GS1, "99", "a character that may not stand there"),
        (f"{KEY}?99=a%5Eb", Fault.BAD_GS1, "99", "a character that may not stand there"),
        (f"{KEY}/10/Ch%C3%A8", Fault.BAD_GS1, "10", "a character that may not stand there"),
        (f"{KEY}/10/" + "x" * 21, Fault.BAD_GS1, "10", "its value is too long"),
    ],
)  # fmt: skip
def test_a_link_that_is_none_or_contradicts_itself_says_why(
    link: str, fault: Fault, ai: str | None, detail: str
) -> None:
    with pytest.raises(CodeError) as caught:
        gs1_elements(link)
    assert (caught.value.fault, caught.value.ai, str(caught.value)) == (fault, ai, detail)


SET_82 = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"


@given(st.text(SET_82, min_size=1, max_size=20), st.text(SET_82, min_size=1, max_size=90))
def test_a_percent_encoded_value_comes_back_whole(lot: str, own: str) -> None:
    link = f"{KEY}/10/{quote(lot, safe='')}?99={quote(own, safe='')}"
    assert gs1_elements(link) == (LINE, ("10", lot), ("99", own))
