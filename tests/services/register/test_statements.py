"""Signed statements: only what docs/api.md describes, signed by a key of the register, is good; nothing raises.

PyJWT, which the app does not use, signs and checks beside it.
"""

from __future__ import annotations

import base64
import json
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import quote

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from services.register.statements import (
    LONGEST,
    CheckedStatement,
    IssuerKey,
    Statement,
    StatementFault,
    check_statement,
    statement_in,
)

GTIN = "09521234567899"
ISSUED = datetime(2026, 11, 20, 3, 30, tzinfo=UTC)
HEADER = {"alg": "EdDSA", "kid": "2026-1"}
CLAIMS: dict[str, Any] = {
    "jti": "s-1",
    "iss": "UBND tỉnh",
    "iat": int(ISSUED.timestamp()),
    "gtin": GTIN,
    "cert": "12/QĐ-UBND",
    "stars": 4,
    "from": "2025-01-10",
    "to": "2028-01-09",
}
SIGNER = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
STRANGER = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))


def encoded(text: bytes) -> str:
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


def document(signer: Ed25519PrivateKey = SIGNER, **fields: Any) -> dict[str, Any]:
    """An issuer's key as docs/api.md has it."""
    return {
        "kid": "2026-1",
        "public_key": encoded(signer.public_key().public_bytes_raw()),
        "issuer": "UBND tỉnh",
        "valid_from": "2026-01-01T00:00:00Z",
        "valid_to": None,
        "revoked_at": None,
        "revoked_reason": None,
    } | fields


def key(signer: Ed25519PrivateKey = SIGNER, **fields: Any) -> IssuerKey:
    return IssuerKey.from_json(document(signer, **fields))


def signed(header: bytes, payload: bytes, signer: Ed25519PrivateKey = SIGNER) -> str:
    """A token of any header and payload, with a right signature."""
    content = f"{encoded(header)}.{encoded(payload)}"
    return f"{content}.{encoded(signer.sign(content.encode()))}"


def token(signer: Ed25519PrivateKey = SIGNER, header: dict[str, Any] | None = None, **claims: Any) -> str:
    return signed(json.dumps(header or HEADER).encode(), json.dumps(CLAIMS | claims).encode(), signer)


def spelled(payload: str) -> str:
    return signed(json.dumps(HEADER).encode(), payload.encode())


KEY = key()
GOOD = jwt.api_jws.PyJWS().encode(
    json.dumps(CLAIMS, ensure_ascii=False).encode(), SIGNER, "EdDSA", {"kid": "2026-1", "typ": None}
)
STATEMENT = Statement(
    id="s-1",
    issuer="UBND tỉnh",
    issued_at=ISSUED,
    gtin=GTIN,
    certificate="12/QĐ-UBND",
    stars=4,
    valid_from=date(2025, 1, 10),
    valid_to=date(2028, 1, 9),
    key_id="2026-1",
)
MALFORMED = CheckedStatement(None, StatementFault.MALFORMED, None)


def test_what_another_library_signed_is_read() -> None:
    assert check_statement(GOOD, [key(STRANGER, kid="2025-1"), KEY]) == CheckedStatement(STATEMENT, None, KEY)


# Only the one form


@pytest.mark.parametrize(
    "header",
    [
        {"alg": "EdDSA"},
        {"kid": "2026-1"},
        {"alg": "none", "kid": "2026-1"},
        {"alg": "HS256", "kid": "2026-1"},
        {"alg": "eddsa", "kid": "2026-1"},
        {"alg": "Ed25519", "kid": "2026-1"},
        {"alg": ["EdDSA"], "kid": "2026-1"},
        HEADER | {"typ": "JWT"},
        HEADER | {"crit": []},
        HEADER | {"crit": ["b64"], "b64": False},
        HEADER | {"b64": True},
        HEADER | {"jwk": {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}},
        HEADER | {"jku": "https://attacker.example/keys"},
        HEADER | {"x5u": "https://attacker.example/cert"},
        HEADER | {"kid": 2026},
        HEADER | {"kid": None},
        HEADER | {"kid": ["2026-1"]},
        HEADER | {"kid": ""},
        HEADER | {"kid": "2026 1"},
        HEADER | {"kid": "khóa"},
        HEADER | {"kid": "k" * 65},
    ],
)
def test_another_header_is_no_statement(header: dict[str, Any]) -> None:
    named = key(kid=header.get("kid", "2026-1")) if isinstance(header.get("kid", ""), str) else KEY
    assert check_statement(token(header=header), [named]) == MALFORMED


@pytest.mark.parametrize(
    "header",
    [
        b'{"alg":"EdDSA","kid":"2026-1","kid":"2026-1"}',
        b'{"alg":"none","alg":"EdDSA","kid":"2026-1"}',
        b'["EdDSA"]',
        b'"EdDSA"',
        b"",
        b"\xff",
        b'\xef\xbb\xbf{"alg":"EdDSA","kid":"2026-1"}',
        b"[" * 2000,
    ],
)
def test_a_header_that_is_no_json_object_is_no_statement(header: bytes) -> None:
    assert check_statement(signed(header, json.dumps(CLAIMS).encode()), [KEY]) == MALFORMED


@pytest.mark.parametrize(
    "claims",
    [
        {"jti": ""},
        {"jti": 1},
        {"jti": "\ud800"},
        {"iss": " "},
        {"iss": None},
        {"cert": ""},
        {"cert": ["12"]},
        {"iat": CLAIMS["iat"] + 0.5},
        {"iat": str(CLAIMS["iat"])},
        {"iat": True},
        {"iat": -1},
        {"iat": 32_503_680_000},
        {"iat": 10**400},
        {"gtin": "9521234567899"},
        {"gtin": "09521234567890"},
        {"gtin": "0952123456789٩"},
        {"gtin": 9521234567899},
        {"stars": 2},
        {"stars": 6},
        {"stars": 4.0},
        {"stars": True},
        {"stars": "4"},
        {"from": "2028-01-10"},
        {"from": "20250110"},
        {"from": "2025-W02-5"},
        {"from": "2025-02-29"},
        {"from": "2025-01-10T00:00:00Z"},
        {"from": None},
        {"to": "2028-1-9"},
        {"to": "２028-01-09"},
        {"exp": 1763884800},
        {"nbf": None},
    ],
)
def test_another_claim_is_no_statement_though_it_is_signed(claims: dict[str, Any]) -> None:
    assert check_statement(token(**claims), [KEY]) == CheckedStatement(None, StatementFault.MALFORMED, KEY)


@pytest.mark.parametrize("name", CLAIMS)
def test_no_claim_may_be_missing(name: str) -> None:
    claims = {key: value for key, value in CLAIMS.items() if key != name}
    assert check_statement(spelled(json.dumps(claims)), [KEY]).fault is StatementFault.MALFORMED


@pytest.mark.parametrize(
    "payload",
    [
        json.dumps(CLAIMS).replace('"stars": 4', '"stars": 4, "stars": 5'),
        json.dumps(CLAIMS).replace('"stars": 4', '"stars": NaN'),
        json.dumps(CLAIMS).replace('"stars": 4', '"stars": 4e0'),
        json.dumps(CLAIMS).replace('"stars": 4', f'"stars": {"[" * 1500}'),
        json.dumps([CLAIMS]),
        json.dumps(CLAIMS) + "x",
        "{}",
        "null",
    ],
)
def test_another_payload_is_no_statement_though_it_is_signed(payload: str) -> None:
    assert check_statement(spelled(payload), [KEY]) == CheckedStatement(None, StatementFault.MALFORMED, KEY)


@pytest.mark.parametrize(
    ("claims", "field", "value"),
    [
        ({"stars": 3}, "stars", 3),
        ({"stars": 5}, "stars", 5),
        ({"from": "2028-01-09"}, "valid_from", date(2028, 1, 9)),
        ({"to": "9999-12-31"}, "valid_to", date(9999, 12, 31)),
        ({"iat": int(ISSUED.timestamp()) + 1}, "issued_at", ISSUED + timedelta(seconds=1)),
        ({"gtin": "19521234567896"}, "gtin", "19521234567896"),
        ({"cert": "12/QĐ-UBND (lần 2)"}, "certificate", "12/QĐ-UBND (lần 2)"),
    ],
)
def test_what_may_stand_there_is_read(claims: dict[str, Any], field: str, value: object) -> None:
    checked = check_statement(token(**claims), [KEY])
    assert checked.fault is None
    assert getattr(checked.statement, field) == value


def with_unused_bit(encoded_text: str) -> str:
    """The same bytes, but with a bit set that base64url does not use."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    assert len(encoded_text) % 4  # or else the last letter has none such
    changed = encoded_text[:-1] + letters[letters.index(encoded_text[-1]) + 1]
    assert base64.urlsafe_b64decode(changed + "==") == base64.urlsafe_b64decode(encoded_text + "==")
    return changed


def test_another_spelling_of_the_same_bytes_is_no_statement() -> None:
    header, payload = json.dumps(HEADER | {"kid": "k"}).encode(), json.dumps(CLAIMS | {"jti": "1"}).encode()
    for first, second in (
        (with_unused_bit(encoded(header)), encoded(payload)),
        (encoded(header), with_unused_bit(encoded(payload))),
    ):
        signature = encoded(SIGNER.sign(f"{first}.{second}".encode()))
        assert check_statement(f"{first}.{second}.{signature}", [key(kid="k")]) == MALFORMED
    content, _dot, signature = GOOD.rpartition(".")
    assert check_statement(f"{content}.{with_unused_bit(signature)}", [KEY]) == MALFORMED


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".",
        "..",
        "a.b.c",
        GOOD.rpartition(".")[0],
        GOOD.rpartition(".")[0] + ".",
        GOOD + ".",
        GOOD + "." + GOOD,
        GOOD + "=",
        GOOD + "==",
        GOOD + "\n",
        " " + GOOD,
        GOOD[:-1],
        GOOD[:-2],
        GOOD + "A",
        GOOD.replace(".", "=.", 1),
        GOOD.replace("_", "/").replace("-", "+") + "/",
        GOOD.replace(".", ".\u200b", 1),
        "é" + GOOD,
        token(cert="x" * LONGEST),
        "A" * 10_000_000,
        spelled(""),
        f"{GOOD}&{GOOD}",
    ],
    ids=lambda _text: "text",
)
def test_another_spelling_is_no_statement(text: str) -> None:
    assert check_statement(text, [KEY]) == MALFORMED


def test_a_token_may_be_as_long_as_the_limit_and_no_longer() -> None:
    tokens = {len(text): text for n in range(LONGEST * 3 // 4) if len(text := token(cert="x" * n)) >= LONGEST - 1}
    within = max(length for length in tokens if length <= LONGEST)
    beyond = min(length for length in tokens if length > LONGEST)
    assert within == LONGEST
    assert check_statement(tokens[within], [KEY]).fault is None
    assert check_statement(tokens[beyond], [KEY]) == MALFORMED


# Whose it is


def test_a_changed_claim_is_altered_and_still_says_what_it_claims() -> None:
    header, _payload, signature = GOOD.split(".")
    _header, five, _signature = token(stars=5).split(".")
    checked = check_statement(f"{header}.{five}.{signature}", [KEY])
    assert (checked.fault, checked.key) == (StatementFault.ALTERED, KEY)
    assert checked.statement is not None
    assert checked.statement.stars == 5


def test_what_the_key_did_not_sign_is_altered_also_where_it_cannot_be_read() -> None:
    assert check_statement(token(STRANGER, stars=6), [KEY]) == CheckedStatement(None, StatementFault.ALTERED, KEY)


def test_a_signature_of_another_key_is_altered() -> None:
    assert check_statement(token(STRANGER), [KEY]).fault is StatementFault.ALTERED


def test_a_signature_plus_the_order_of_the_group_is_refused() -> None:
    """RFC 8032, 5.1.7: S is less than L. Otherwise anybody could make a second token of each."""
    content, _dot, signature = GOOD.rpartition(".")
    raw = base64.urlsafe_b64decode(signature + "==")
    order = 2**252 + 27742317777372353535851937790883648493
    larger = int.from_bytes(raw[32:], "little") + order
    twin = encoded(raw[:32] + larger.to_bytes(32, "little"))
    assert check_statement(f"{content}.{twin}", [KEY]).fault is StatementFault.ALTERED


def test_a_key_that_the_register_does_not_know_proves_nothing() -> None:
    for keys in ([], [key(kid="2026-2")]):
        assert check_statement(GOOD, keys) == CheckedStatement(STATEMENT, StatementFault.UNKNOWN_KEY, None)


def test_of_an_unknown_key_what_cannot_be_read_is_malformed() -> None:
    assert check_statement(token(stars=6), []) == MALFORMED


def test_a_revoked_key_takes_the_worth_whatever_the_date() -> None:
    revoked = key(revoked_at="2026-11-22T00:00:00Z", revoked_reason="Lộ khóa")
    assert check_statement(GOOD, [revoked]) == CheckedStatement(STATEMENT, StatementFault.KEY_REVOKED, revoked)
    long_before = token(iat=int(datetime(2020, 1, 1, tzinfo=UTC).timestamp()))
    assert check_statement(long_before, [revoked]).fault is StatementFault.KEY_REVOKED


def test_naming_a_revoked_key_does_not_excuse_a_forgery() -> None:
    revoked = key(revoked_at="2026-11-22T00:00:00Z")
    assert check_statement(token(STRANGER), [revoked]).fault is StatementFault.ALTERED


@pytest.mark.parametrize(
    ("valid_from", "valid_to", "fault"),
    [
        ("2026-11-20T03:30:00Z", None, None),
        ("2026-11-20T10:30:00+07:00", None, None),
        ("2026-11-20T03:30:01Z", None, StatementFault.KEY_NOT_IN_USE),
        ("2026-01-01T00:00:00Z", "2026-11-20T03:30:00Z", None),
        ("2026-01-01T00:00:00Z", "2026-11-20T03:29:59Z", StatementFault.KEY_NOT_IN_USE),
    ],
)
def test_a_key_signs_only_while_it_is_in_use(valid_from: str, valid_to: str | None, fault: StatementFault) -> None:
    dated = key(valid_from=valid_from, valid_to=valid_to)
    assert check_statement(GOOD, [dated]) == CheckedStatement(STATEMENT, fault, dated)


def test_after_a_rotation_both_keys_statements_are_good() -> None:
    old = key(valid_to="2026-11-21T00:00:00Z")
    new = key(STRANGER, kid="2026-2", valid_from="2026-11-21T00:00:00Z")
    later = int(ISSUED.timestamp()) + 2 * 86_400
    assert check_statement(GOOD, [old, new]).fault is None
    assert check_statement(token(STRANGER, HEADER | {"kid": "2026-2"}, iat=later), [old, new]).fault is None
    assert check_statement(token(iat=later), [old, new]).fault is StatementFault.KEY_NOT_IN_USE


# Keys


def test_a_key_is_read() -> None:
    fields: dict[str, Any] = {
        "valid_to": "2027-01-01T07:00:00+07:00",
        "revoked_at": "2026-06-01T00:00:00Z",
        "revoked_reason": "Lộ khóa",
    }
    assert key(**fields) == IssuerKey(
        kid="2026-1",
        public_key=SIGNER.public_key().public_bytes_raw(),
        issuer="UBND tỉnh",
        valid_from=datetime(2026, 1, 1, tzinfo=UTC),
        valid_to=datetime(2027, 1, 1, tzinfo=UTC),
        revoked_at=datetime(2026, 6, 1, tzinfo=UTC),
        revoked_reason="Lộ khóa",
    )


@pytest.mark.parametrize(
    ("fields", "raised"),
    [
        ({"public_key": encoded(bytes(31))}, ValueError),
        ({"public_key": encoded(bytes(33))}, ValueError),
        ({"public_key": encoded(bytes(32)) + "="}, ValueError),
        ({"public_key": "é" * 43}, ValueError),
        ({"public_key": 7}, TypeError),
        ({"kid": 2026}, ValueError),
        ({"issuer": None}, ValueError),
        ({"valid_from": "2026-01-01T00:00:00"}, ValueError),
        ({"valid_from": None}, TypeError),
        ({"valid_to": ""}, ValueError),
        ({"revoked_at": ""}, ValueError),
        ({"revoked_at": False}, TypeError),
        ({"revoked_reason": ["leaked"]}, ValueError),
    ],
)
def test_what_is_no_key_is_not_read(fields: dict[str, Any], raised: type[Exception]) -> None:
    with pytest.raises(raised):
        key(**fields)


@pytest.mark.parametrize("name", document())
def test_no_field_of_a_key_may_be_missing(name: str) -> None:
    lacking = {field: value for field, value in document().items() if field != name}
    with pytest.raises(KeyError):
        IssuerKey.from_json(lacking)


def test_bytes_that_are_no_point_of_the_curve_check_nothing() -> None:
    nowhere = key(public_key=encoded(b"\x02" + bytes(31)))
    assert check_statement(GOOD, [nowhere]).fault is StatementFault.ALTERED


# In an address


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"https://r.example/01/{GTIN}?statement={GOOD}", GOOD),
        (f"https://r.example/01/{GTIN}?17=280109&statement={GOOD}&utm_source=x#top", GOOD),
        (f"https://r.example/01/{GTIN}?state%6Dent={quote(GOOD, safe='').replace('.', '%2E')}", GOOD),
        (f"HTTPS://R.EXAMPLE/01/{GTIN}?statement={GOOD}", GOOD),
        (f"https://r.example/01/{GTIN}?statement=x%0A", "x\n"),
        (f"https://r.example/01/{GTIN}?statement=", None),
        (f"https://r.example/01/{GTIN}?Statement={GOOD}", None),
        (f"https://r.example/01/{GTIN}#?statement={GOOD}", None),
        (f"https://r.example/01/{GTIN}", None),
        (f"https://[r.example/?statement={GOOD}", None),
        (GTIN, None),
        ("", None),
    ],
)
def test_the_parameter_of_an_address(text: str, found: str | None) -> None:
    assert statement_in(text) == found


@pytest.mark.parametrize("second", [GOOD, "x", "statement"])
def test_of_two_statements_none_is_good(second: str) -> None:
    for pair in ((GOOD, second), (second, GOOD)):
        found = statement_in("https://r.example/?a=b&" + "&".join(f"statement={one}" for one in pair))
        assert found is not None
        assert check_statement(found, [KEY]) == MALFORMED


# By chance

_SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from([*CLAIMS.values()])
_JSON = st.recursive(_SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8)


def _never_better_than_pyjwt(text: str) -> CheckedStatement:
    checked = check_statement(text, [KEY])
    if checked.fault is None:
        theirs = jwt.api_jws.PyJWS().decode_complete(text, SIGNER.public_key(), ["EdDSA"])
        assert theirs["header"] == HEADER
        assert json.loads(theirs["payload"])["stars"] == checked.statement.stars  # type: ignore[union-attr]
    return checked


@given(st.text() | st.from_regex(r"[\w.-]+\.[\w-]+\.[\w-]{80,90}"))
def test_no_text_is_too_strange(text: str) -> None:
    assert check_statement(text, [KEY]).fault is not None
    statement_in(text)
    statement_in("https://r.example/?" + text)


@given(_JSON, _JSON, st.booleans())
def test_no_json_is_too_strange(header: Any, claims: Any, right: bool) -> None:
    text = signed(json.dumps(HEADER if right else header).encode(), json.dumps(claims).encode())
    assert _never_better_than_pyjwt(text).fault is StatementFault.MALFORMED


@given(st.dictionaries(st.sampled_from([*CLAIMS]), _SCALARS, min_size=1, max_size=3))
def test_no_claim_is_too_strange(claims: dict[str, Any]) -> None:
    text = spelled(json.dumps(CLAIMS | claims))
    checked = _never_better_than_pyjwt(text)
    assert (checked.statement is None) == (checked.fault is StatementFault.MALFORMED)


@given(st.integers(0, len(GOOD) - 1), st.sampled_from("AZaz09-_.=+/ é"), st.sampled_from(["put", "insert", "cut"]))
def test_one_changed_letter_spoils_it(place: int, letter: str, how: str) -> None:
    before, after = GOOD[:place], GOOD[place + 1 :]
    changed = {"put": before + letter + after, "insert": before + letter + GOOD[place:], "cut": before + after}[how]
    if changed != GOOD:
        assert check_statement(changed, [KEY]).fault is not None


@given(st.permutations([*CLAIMS]))
def test_the_order_of_the_claims_is_free(names: list[str]) -> None:
    assert check_statement(spelled(json.dumps({name: CLAIMS[name] for name in names})), [KEY]).statement == STATEMENT
