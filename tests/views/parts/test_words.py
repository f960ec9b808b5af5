"""Words: everything that services can say has a sentence, in both languages."""

from __future__ import annotations

import ast
import gettext
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from string import Formatter
from typing import Any

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from services import decoding
from services.camera.frames import CameraFault
from services.codes import Fault
from services.decoding import CodeKind, Unread
from services.file_kinds import KINDS
from services.notes.content import Outcome
from services.notes.note import Inspection, Note, NoteState
from services.register.catalogue import CopyState
from services.register.products import Certificate
from services.verification import Reason, ReasonCode, Status
from views.parts import verdict_words, words
from views.parts.certificate_words import certificate_dates
from views.parts.texts import LANGUAGES, Texts
from views.settings.settings_screen import _THEMES

ROOT = Path(__file__).resolve().parents[3]
LOCALE = ROOT / "assets" / "locale" / "vi" / "LC_MESSAGES"
VI, EN = Texts("vi"), Texts("en")


# Translations


@pytest.fixture(scope="module")
def extracted() -> set[str]:
    keywords: dict[str, Any] = {
        "mark": None, "gettext": None, "_": None, "ngettext": (1, 2), "mark_plural": (1, 2),
    }  # fmt: skip
    folders = (
        ROOT / "views",
        ROOT / "services" / "labels",
        ROOT / "services" / "papers",
    )  # as scripts/translations has them
    found = [each for folder in folders for each in extract_from_dir(folder, keywords=keywords, comment_tags=())]
    return {message if isinstance(message, str) else message[0] for _file, _line, message, _comments, _context in found}


@pytest.fixture(scope="module")
def vietnamese() -> dict[str, Message]:
    with (LOCALE / "ocop.po").open("rb") as file:
        catalog: Catalog = read_po(file, locale="vi")
    return {forms(message.id)[0]: message for message in catalog if message.id}


def forms(text: str | tuple[str, ...]) -> tuple[str, ...]:
    """A message's only form, or those for one and for several."""
    return (text,) if isinstance(text, str) else text


def fields(text: str) -> Counter[str | None]:
    return Counter(name for _text, name, _spec, _conversion in Formatter().parse(text) if name is not None)


def test_every_text_of_the_screens_is_found(extracted: set[str]) -> None:
    assert len(extracted) > 150
    assert "Hold a QR code or barcode in the frame" in extracted
    assert words.PROBLEMS["no_connection"] in extracted


def test_every_text_has_its_vietnamese(extracted: set[str], vietnamese: dict[str, Message]) -> None:
    missing = [text for text in extracted if text not in vietnamese or not all(forms(vietnamese[text].string))]
    assert not missing, "scripts/translations, then translate"


def test_no_translation_is_left_over_or_doubtful(extracted: set[str], vietnamese: dict[str, Message]) -> None:
    assert set(vietnamese) <= extracted
    assert not [message.id for message in vietnamese.values() if message.fuzzy]


# What a count stands in front of: one of it has another form in English.
COUNTED = re.compile(r"\{(?:count|days|all|chosen|sent|added|notes|photos)\} (?:[a-z]+ )?[a-z]+s\b")
# The shortest number with a check digit has eight; a third time follows a second; one pack is no choice; late begins
# after a month.
NEVER_ONE = {
    "{count} digits", "{count} digits, the check digit is right",
    "this code {count} times now", "In view: {count} packs",
    "{days} days after the day that the device's clock gave: why is not known here",
}  # fmt: skip


def test_what_is_counted_has_a_form_for_one(vietnamese: dict[str, Message]) -> None:
    for message in vietnamese.values():
        one, *several = forms(message.id)
        if several:
            assert one != several[0]
            assert len(forms(message.string)) == 1, "Vietnamese nouns have one form"
        else:
            assert not COUNTED.search(one) or one in NEVER_ONE, one
    assert set(vietnamese) >= NEVER_ONE
    said = {n: EN.ngettext("{count} product", "{count} products", n) for n in (0, 1, 2)}
    assert said == {0: "{count} products", 1: "{count} product", 2: "{count} products"}


def test_a_sentence_in_a_table_has_a_form_for_one_day() -> None:
    said = [verdict_words.reason_sentence(EN, Reason(ReasonCode.COPY_OLD, (("days", n),))) for n in (1, 1200)]
    assert [each.split(".")[0] for each in said] == [
        "This device's copy is 1 day old", "This device's copy is 1,200 days old",
    ]  # fmt: skip
    assert "1.200 ngày" in verdict_words.reason_sentence(VI, Reason(ReasonCode.COPY_OLD, (("days", 1200),)))


def test_translations_have_the_same_places_for_values(vietnamese: dict[str, Message]) -> None:
    for message in vietnamese.values():
        places = [fields(form) for form in (*forms(message.id), *forms(message.string))]
        assert all(each == places[0] for each in places), message.id


def test_what_is_compiled_is_what_is_written() -> None:
    with (LOCALE / "ocop.po").open("rb") as file:
        catalog = read_po(file, locale="vi")
    target = io.BytesIO()
    write_mo(target, catalog)
    target.seek(0)
    fresh = gettext.GNUTranslations(target)
    with (LOCALE / "ocop.mo").open("rb") as file:
        kept = gettext.GNUTranslations(file)
    texts = [forms(message.id) for message in catalog if message.id]
    told = [
        {text: found.gettext(*text) if len(text) == 1 else found.ngettext(*text, 1) for text in texts}
        for found in (kept, fresh)
    ]
    assert told[0] == told[1]


def test_vietnamese_is_written_with_its_marks(vietnamese: dict[str, Message]) -> None:
    joined = " ".join(form for message in vietnamese.values() for form in forms(message.string))
    assert not re.search(r"\b(khong|may anh|ghi chep|may chu|chung nhan)\b", joined, re.IGNORECASE)
    assert not re.search("[\u0300-\u036f]", joined), "composed letters (NFC), which every font draws"


def test_english_is_the_language_of_the_texts() -> None:
    assert EN.gettext("Notes") == "Notes"
    assert VI.gettext("Notes") == "Ghi chép"
    assert Texts("fr").language == "vi"


# Dates and numbers


@pytest.mark.parametrize(
    ("texts", "day", "moment", "number"),
    [
        (VI, "02/01/2026", "06:05 03/01/2026", "1.234.567"),
        (EN, "2 Jan 2026", "06:05 3 Jan 2026", "1,234,567"),
    ],
    ids=["vi", "en"],
)
def test_dates_times_and_numbers(texts: Texts, day: str, moment: str, number: str) -> None:
    assert texts.day(date(2026, 1, 2)) == day
    assert texts.moment(datetime(2026, 1, 2, 23, 5, 59, tzinfo=UTC)) == moment, "in Vietnam, seven hours on"
    assert texts.number(1234567) == number
    assert texts.number(999) == "999"


def test_every_month_has_its_name() -> None:
    assert [EN.day(date(2026, month, 1)) for month in (1, 5, 12)] == ["1 Jan 2026", "1 May 2026", "1 Dec 2026"]


# A word for everything that services can say


@pytest.mark.parametrize(
    ("table", "codes"),
    [
        (verdict_words.STATUS, Status),
        (verdict_words._REASONS, ReasonCode),
        (words.NOTE_STATE, NoteState),
        (words.CAMERA_FAULTS, CameraFault),
        (words.OUTCOMES, Outcome),
        (words.GROUPS, ("thuc_pham", "do_uong", "duoc_lieu", "thu_cong_my_nghe", "sinh_vat_canh", "du_lich")),
        (words.ROLES, ("shop", "inspector", "reviewer", "registrar", "administrator")),
        (_THEMES, ("system", "light", "dark", "contrast")),
    ],
    ids=["status", "reason", "note state", "camera fault", "outcome", "group", "role", "theme"],
)
def test_every_code_has_its_words(table: dict[Any, Any], codes: Any) -> None:
    assert list(table) == list(codes)


def test_every_fault_of_a_code_is_a_reason() -> None:
    for fault in Fault:
        assert verdict_words.reason_sentence(VI, Reason(ReasonCode(fault.value)))


def test_no_two_statuses_or_states_share_a_word() -> None:
    for texts in (VI, EN):
        for table in (verdict_words.STATUS, words.NOTE_STATE):
            said = [texts.gettext(word) for word, _tone, _icon in table.values()]
            assert len(set(said)) == len(said)


def test_a_record_is_not_called_the_official_minutes(vietnamese: dict[str, Message]) -> None:
    minutes = re.compile(r"\bbiên bản\b", re.IGNORECASE)
    called = {text for text, message in vietnamese.items() if any(map(minutes.search, forms(message.string)))}
    assert called == {
        "A PDF like minutes, with all that was signed in it. Anybody can check it with this app or by its code.",
        "A supporting record. It does not replace the official minutes.",
    }


def test_no_verdict_says_genuine(vietnamese: dict[str, Message]) -> None:
    assert not [text for text in vietnamese if "genuine" in text.lower()]
    said = [str(message.string).lower() for message in vietnamese.values()]
    assert not [text for text in said if "chính hãng" in text or "hàng thật" in text]


# What each reason's sentence is filled with: services/verification/verdict.py, ReasonCode.
VALUES: dict[str, str | int | date] = {
    "number": "12/QĐ",
    "stars": 4,
    "valid_to": date(2026, 1, 2),
    "valid_from": date(2026, 1, 2),
    "withdrawn_on": date(2026, 1, 2),
    "why": "",
    "days": 3,
    "gtin": "09520007900017",
    "expiry": date(2026, 1, 2),
    "host": "la.example",
    "domain": "la.example",
    "resembles": "lá.example",
    "produced": date(2026, 1, 2),
    "other": "09520007900024",
    "label": 5,
    "serial": "A7",
    "sold_on": date(2026, 1, 2),
    "day": date(2026, 1, 2),
    "place": "Hạ Long",
    "issuer": "UBND tỉnh",
    "key": "2026-1",
    "revoked_on": date(2026, 1, 2),
    "signed_on": date(2026, 1, 2),
    "symbology": "Code 39",
}


@pytest.mark.parametrize("texts", [VI, EN], ids=list(LANGUAGES))
@pytest.mark.parametrize("code", ReasonCode)
def test_every_reason_is_a_whole_sentence(texts: Texts, code: ReasonCode) -> None:
    line = next(
        text
        for text in (ROOT / "services/verification/verdict.py").read_text().splitlines()
        if f'"{code.value}"' in text
    )
    names = [name.strip() for name in line.partition("#")[2].split(",") if name.strip()]
    sentence = verdict_words.reason_sentence(texts, Reason(code, tuple((name, VALUES[name]) for name in names)))
    assert "{" not in sentence
    assert sentence.endswith(".")
    assert "2026-01-02" not in sentence


# Reason codes of services that are no enumeration: found in the source, where they are raised or reported.

_RAISED = {
    "Unreachable": 0, "NoteInvalid": 0, "AnswerInvalid": 0, "ReportInvalid": 0, "RecordInvalid": 0, "BadPicture": 0,
    "BadImage": 0, "PhotoLost": 1, "CopyRefused": 0, "record_waiting": 1, "record_failure": 1,
    "NotSettled": 0,
}  # fmt: skip


def codes_in_services() -> Iterator[tuple[str, str]]:
    """(who says it, code) for each reason code that is written in services."""
    spelt = re.compile("|".join([*_RAISED, r"\bproblem="]))
    for file in (ROOT / "services").rglob("*.py"):
        source = file.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(source)) if spelt.search(source) else ():
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            place = _RAISED.get(name)
            said = [node.args[place]] if place is not None and len(node.args) > place else []
            said += [keyword.value for keyword in node.keywords if keyword.arg == "problem"]
            for value in said:
                for part in ast.walk(value):
                    if isinstance(part, ast.Constant) and isinstance(part.value, str):
                        yield name, part.value


FOUND = sorted(set(codes_in_services()))
# Given to Unreachable through a variable: services/client/exchange.py, `_judge` and `contract`.
BY_EXCHANGE = ("too_many_requests", "server_error", "not_the_registry", "wrong_receipt", "too_large_on_the_way")
FOUND += [("Unreachable", code) for code in BY_EXCHANGE]
# Reported through a variable: services/sync/outbox.py, `send`.
FOUND += [("SendReport", code) for code in ("sign_in_needed", "locked", "other_account", "photo_unreadable")]
# Reported through a variable: services/workspace.py, `problem_with`.
FOUND += [("FetchReport", code) for code in ("unproved_server", "another_register")]
# Why a copy is not taken, reported through a variable: services/register/catalogue.py, `_refuse`.
FOUND += [("FetchReport", code) for code in ("wrong_count", "emptied")]
# What a file is that cannot be read as a picture: services/decoding/images.py and services/notes/photos.py.
FOUND += [("BadImage", code) for code in KINDS]
PHOTO_LOST = {code for who, code in FOUND if who == "PhotoLost"}
# Said by views/notes/editor.py.
OF_THE_EDITOR = ("file_unreadable", "photo_there_already", "both_texts_kept")
# Said by views/settings/account_card.py.
OF_THE_FORM = ("wrong_credentials", "first_password_in_office")
OTHERS = sorted({code for who, code in FOUND if who != "PhotoLost"} | {"internal", *OF_THE_EDITOR, *OF_THE_FORM})


def test_the_codes_are_found_in_the_source() -> None:
    assert {"no_connection", "too_large", "text_too_long", "unreadable", "not_saved", "other_account"} <= set(OTHERS)
    assert {"photo_missing", "photo_damaged"} == PHOTO_LOST


@pytest.mark.parametrize("code", OTHERS)
def test_every_problem_has_a_sentence(code: str) -> None:
    assert code in words.PROBLEMS
    assert words.problem_sentence(VI, code).endswith(".")


# docs/api.md, "Errors"; 401, 429 and 5xx are no refusals of a note, `not_registered` is an answer about a product; what
# the server does not know the form of waits, a file at a wrong offset goes on, a refused key is made anew.
# Passwords and invitations are of sign-ins.
CONTRACT = re.search(r"^Codes: (.+?)\.$", (ROOT / "docs/api.md").read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
ERRORS = set(re.findall(r"`([a-z_]+)`", CONTRACT.group(1))) if CONTRACT else set()
NO_REFUSAL_OF_A_NOTE = {
    "not_signed_in", "wrong_credentials", "too_many_requests", "unavailable", "cursor_too_old", "not_registered",
    "unknown_schema", "wrong_offset", "key_refused", "password_change_needed", "password_change_in_office",
    "weak_password", "second_factor_needed", "second_factor_wrong",
    "invitation_unknown", "invitation_used", "invitation_expired", "invitation_revoked",
}  # fmt: skip


def test_the_codes_are_found_in_the_contract() -> None:
    assert {"bad_request", "id_taken", "unsupported_photo", *NO_REFUSAL_OF_A_NOTE} <= ERRORS


@pytest.mark.parametrize("code", sorted(ERRORS - NO_REFUSAL_OF_A_NOTE | PHOTO_LOST))
def test_every_refusal_has_a_sentence_and_says_what_to_do(code: str) -> None:
    assert code in words.REFUSALS
    assert words.refusal_sentence(VI, code).endswith("Hãy xuất ra và nộp cho cơ quan của bạn.")


OF_RECORDS = {"id_taken", "unsupported_photo", "unknown_schema", "wrong_offset", "bad_signature", "unknown_key"}


@pytest.mark.parametrize("code", sorted(ERRORS - OF_RECORDS - {"unavailable", "not_registered"}))
def test_what_the_server_says_when_asked_for_the_register_or_a_sign_in_has_a_sentence(code: str) -> None:
    assert code in words.PROBLEMS


def test_no_sentence_is_for_a_code_that_nobody_says() -> None:
    assert set(words.REFUSALS) <= ERRORS | PHOTO_LOST
    assert set(words.PROBLEMS) <= ERRORS | set(OTHERS) | {"not_saved"}


def test_what_was_set_aside_for_a_photo_says_that_the_rest_has_arrived() -> None:
    said = words.refusal_sentence(VI, "photo_missing", received=True)
    assert said.startswith("Không còn tìm thấy một ảnh")
    assert "Máy chủ đã có phần còn lại" in said


def a_note(state: NoteState, *, reason: str | None = None, received: bool = False, sent: int = 0) -> Note:
    photos = [{"sha256": f"{n}" * 64, "size": 1, "type": "image/jpeg"} for n in range(3)]
    inspection = Inspection("1", {"photos": photos, "supersedes": None}, "")
    at = datetime(2026, 1, 2, tzinfo=UTC) if received else None
    return Note("1", state, inspection=inspection, reason=reason, photos_sent=sent, received_at=at)


@pytest.mark.parametrize(
    ("note", "said"),
    [
        (a_note(NoteState.WAITING), "Trên máy này"),
        (a_note(NoteState.WAITING, reason="no_connection"), "Trên máy này"),
        (a_note(NoteState.WAITING, reason="sign_in_needed"), "Chờ đăng nhập"),
        (a_note(NoteState.WAITING, reason="other_account"), "Chờ đăng nhập"),
        (a_note(NoteState.WAITING, reason="server_too_old"), "Chờ máy chủ mới hơn"),
        (a_note(NoteState.WAITING, received=True), "Đã nhận ghi chép, chưa nhận ảnh"),
        (a_note(NoteState.WAITING, received=True, reason="photos_wait_for_wifi"), "Ảnh chờ Wi-Fi"),
        (a_note(NoteState.SENDING), "Đang gửi"),
        (a_note(NoteState.SENDING, received=True, sent=1), "Đang gửi ảnh 2/3"),
        (a_note(NoteState.SENDING, received=True, sent=3), "Đang gửi ảnh 3/3"),
        (a_note(NoteState.RECEIVED, received=True, sent=3), "Đã nhận"),
        (a_note(NoteState.REFUSED, reason="bad_request"), "Bị từ chối"),
        (a_note(NoteState.REFUSED, reason="photo_missing", received=True, sent=2), "Đã nhận, thiếu ảnh"),
    ],
)
def test_where_a_note_stands_is_told_in_a_few_words(note: Note, said: str) -> None:
    assert words.note_state(VI, note)[0] == said


def test_a_code_of_a_newer_server_still_gets_a_sentence() -> None:
    assert words.problem_sentence(VI, "of_tomorrow") == words.problem_sentence(VI, "internal")
    assert words.refusal_sentence(VI, "of_tomorrow").endswith("Hãy xuất ra và nộp cho cơ quan của bạn.")


def test_a_number_is_told_as_the_pack_bears_it() -> None:
    reason = Reason(ReasonCode.GTIN_NOT_REGISTERED, {"gtin": "09529999999993"})
    assert "Mã số 9529999999993 " in verdict_words.reason_sentence(VI, reason)


def test_a_withdrawal_is_told_with_its_day_and_reason() -> None:
    first, last, day = date(2025, 1, 1), date(2027, 12, 31), date(2026, 11, 5)
    for why, told in (("Ngừng sản xuất", "Lý do: Ngừng sản xuất"), (None, "Lý do: sổ đăng ký không ghi")):
        certificate = Certificate("QN-1", 4, "148/QĐ-TTg", "UBND tỉnh", first, last, day, why)
        assert certificate_dates(VI, certificate).endswith(f"05/11/2026. {told}")
    assert "Lý do" not in certificate_dates(VI, Certificate("QN-1", 4, "148/QĐ-TTg", "UBND tỉnh", first, last))


# Words that only a newer version knows


def test_what_this_version_does_not_know_is_shown_as_that() -> None:
    said = [
        words.group_words(EN, "new_group"),
        words.role_words(EN, "new_role"),
        words.outcome_words(EN, "new_outcome"),
        words.event_state(EN, "new_state")[0],
    ]
    assert all(text.endswith(": update the app to see this") for text in said)
    assert len(set(said)) == 4
    assert "update the app" in verdict_words.status_words("new_status")[0]
    assert words.outcome_words(EN, None) == ""
    assert words.group_words(VI, "do_uong") == VI.gettext(words.GROUPS["do_uong"])


def test_the_copys_trouble_names_what_was_set_aside_and_why_nothing_newer_was_taken() -> None:
    copy = CopyState(3, None, False, "1", "x", False, unreadable=7, set_aside=(*(f"{n:014}" for n in range(6)), "?"))
    [line] = words.copy_trouble(EN, copy)
    assert "7. 00000000000000, 00000000000001" in line
    assert "00000000000005" not in line
    assert "?" not in line
    assert words.copy_trouble(EN, replace(copy, set_aside=(), refused="emptied")) == [
        words.problem_sentence(EN, "emptied")
    ]


def test_what_a_picture_shows_and_why_it_could_not_be_read_has_words() -> None:
    place = ((0.0, 0.0), (9.0, 0.0), (9.0, 9.0), (0.0, 9.0))
    for texts in (VI, EN):
        said = {
            words.nothing_read_sentence(texts, [Unread(place, 2.0, kind, why)])
            for kind in CodeKind
            for why in (None, *decoding.Reason)
        }
        assert len(said) == len(CodeKind) * (1 + len(decoding.Reason))
        nothing = words.nothing_read_sentence(texts, [])
        assert nothing not in said
    small = Unread(((0.0, 0.0), (2.0, 0.0), (2.0, 2.0), (0.0, 2.0)), 1.0, CodeKind.BARCODE)
    both = words.nothing_read_sentence(EN, [small, Unread(place, 2.0, CodeKind.QR_CODE, decoding.Reason.GLARE)])
    assert both.startswith("There is a QR code in this picture"), "the larger code counts"
    assert "Tilt the pack" in both


def test_further_codes_that_could_not_be_read_are_counted_and_the_largest_is_explained() -> None:
    small, large = (
        Unread(((0.0, 0.0), (side, 0.0), (side, side), (0.0, side)), 1.0, CodeKind.QR_CODE, why)
        for side, why in ((9.0, decoding.Reason.TOO_SMALL), (90.0, decoding.Reason.GLARE))
    )
    assert [words.further_unread_sentence(EN, codes) for codes in ([small], [small, large])] == [
        "1 further code in the picture could not be read. It is too small. Take the picture closer to the code.",
        "2 further codes in the picture could not be read. Of the largest of them: "
        + words.nothing_read_sentence(EN, [large]).split("read. ")[1],
    ]
    one, two = (words.further_unread_sentence(VI, codes) for codes in ([small], [small, large]))
    assert one == "Trong ảnh còn 1 mã khác không đọc được. Mã quá nhỏ. Hãy đưa máy lại gần mã rồi chụp."
    assert two.startswith("Trong ảnh còn 2 mã khác không đọc được. Với mã lớn nhất trong số đó: ")
