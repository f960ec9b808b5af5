"""Signed certificate statements: the keys, what is signed, what of it is taken back, and the page that shows it."""

from __future__ import annotations

import base64
import json
import stat
import threading
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)
from django.conf import settings as configured
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import connection, connections
from django.test import Client
from django.utils import timezone
from jwt.api_jws import PyJWS
from registry_notes import error_of

from accounts.models import User
from issuing import keys, statements
from issuing.models import IssuerKey, SignedStatement
from register import days
from register.clock import RegisterClock
from register.description import Register, validate_domains
from register.models import Certificate, Locality, Product
from register.sample import SampleProduct, SampleRegister

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    """The private keys of one test stay in its folder, and so do snapshots."""
    settings.DATA_DIR = tmp_path
    settings.ISSUER_KEYS = tmp_path / "issuer-keys"
    settings.PUBLIC_URL = "https://ocop.example"
    return tmp_path / "issuer-keys"


@pytest.fixture
def key() -> IssuerKey:
    return keys.rotate()


@pytest.fixture
def made(register: SampleRegister) -> SampleProduct:
    """A product with a certificate in force."""
    return next(product for product in register.products if product.status == "valid")


def token_for(client: Client, gtin: str) -> str:
    answer = client.get(f"/api/v1/products/{gtin}/statement")
    assert answer.status_code == 200, answer.content
    return parse_qs(urlsplit(answer.json()["url"]).query)["statement"][0]


def decoded(part: str) -> Any:
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def encoded(document: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(document).encode()).rstrip(b"=").decode()


def public(key: IssuerKey) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(base64.urlsafe_b64decode(key.public_key + "="))


# What is signed


def test_a_statement_says_what_the_register_says_and_is_signed_with_the_key_in_use(
    client: Client, key: IssuerKey, made: SampleProduct
) -> None:
    answer = client.get(f"/api/v1/products/{made.gtin}/statement")
    url = answer.json()["url"]
    assert url.startswith(f"https://ocop.example/01/{made.gtin}?statement=")
    header, payload, signature = token_for(client, made.gtin).split(".")
    assert decoded(header) == {"alg": "EdDSA", "kid": key.kid}
    newest = made.certificates[0]
    claims = decoded(payload)
    assert claims == {
        "iss": "UBND tỉnh Quảng Ninh", "gtin": made.gtin, "cert": newest.number, "stars": newest.stars,
        "from": newest.valid_from.isoformat(), "to": newest.valid_to.isoformat(),
        "jti": claims["jti"], "iat": claims["iat"],
    }  # fmt: skip
    assert abs(claims["iat"] - timezone.now().timestamp()) < 60
    right = base64.urlsafe_b64decode(signature + "==")
    public(key).verify(right, f"{header}.{payload}".encode())
    with pytest.raises(InvalidSignature):
        public(key).verify(right, f"{header}.{payload}x".encode())


def test_the_same_statement_comes_every_time_until_the_certificate_or_the_key_changes(
    client: Client, key: IssuerKey, made: SampleProduct
) -> None:
    first = token_for(client, made.gtin)
    assert token_for(client, made.gtin) == first
    certificate = Certificate.objects.get(number=made.certificates[0].number)
    certificate.stars = 3 if certificate.stars != 3 else 4
    certificate.save()
    second = token_for(client, made.gtin)
    assert decoded(second.split(".")[1])["stars"] == certificate.stars
    keys.rotate()
    third = token_for(client, made.gtin)
    assert len({first, second, third}) == 3
    assert SignedStatement.objects.count() == 3


@pytest.mark.parametrize("status", ["expired", "withdrawn"])
def test_nothing_is_signed_of_a_certificate_that_is_not_in_force(
    client: Client, key: IssuerKey, register: SampleRegister, status: str
) -> None:
    gone = next(product for product in register.products if product.status == status)
    answer = client.get(f"/api/v1/products/{gone.gtin}/statement")
    assert error_of(answer) == (404, "not_found")


def test_a_statement_ends_where_an_announced_withdrawal_begins(
    client: Client, key: IssuerKey, made: SampleProduct
) -> None:
    """Until then the certificate is in force; who checks the statement without network learns of no withdrawal."""
    certificate = Certificate.objects.get(number=made.certificates[0].number)
    today = days.today()
    certificate.withdrawn_on = today + timedelta(days=30)
    certificate.save()
    assert decoded(token_for(client, made.gtin).split(".")[1])["to"] == (today + timedelta(days=29)).isoformat()
    certificate.withdrawn_on = today + timedelta(days=1)
    certificate.save()
    assert decoded(token_for(client, made.gtin).split(".")[1])["to"] == today.isoformat()
    certificate.withdrawn_on = today
    certificate.save()
    assert error_of(client.get(f"/api/v1/products/{made.gtin}/statement")) == (404, "not_found")


def test_without_a_key_or_its_file_there_are_no_statements_and_all_else_works(
    client: Client, made: SampleProduct, folder: Path
) -> None:
    def status() -> int:
        return client.get(f"/api/v1/products/{made.gtin}/statement").status_code

    assert status() == 404
    key = keys.rotate()
    assert status() == 200
    path = folder / f"{key.kid}.pem"
    pem = path.read_bytes()
    private = load_pem_private_key(pem, password=None)
    sealed = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"word"))
    for wrong in (b"no key", sealed, pem.replace(b"K2Vw", b"K0Vw")):  # with a password; of a kind that nobody knows
        path.write_bytes(wrong)
        assert status() == 404
    path.unlink()
    assert status() == 404
    assert client.get(f"/api/v1/products/{made.gtin}").status_code == 200
    other = keys.rotate()
    (folder / f"{other.kid}.pem").write_bytes(pem)  # another key's private half
    assert status() == 404


@pytest.mark.parametrize("gtin", ["9529999999993", "09529999999990", "abc", "٠9529999999993"])
def test_what_is_no_gtin_is_refused(client: Client, gtin: str) -> None:
    for path in (f"/api/v1/products/{gtin}", f"/api/v1/products/{gtin}/statement"):
        answer = client.get(path)
        assert error_of(answer) == (400, "bad_request")


# Keys


def test_a_private_key_is_its_owners_alone_and_not_in_the_database(key: IssuerKey, folder: Path) -> None:
    path = folder / f"{key.kid}.pem"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert len(base64.urlsafe_b64decode(key.public_key + "=")) == 32


def test_a_new_key_retires_the_one_before_and_no_name_comes_again(key: IssuerKey, folder: Path) -> None:
    second = keys.rotate("Bộ Nông nghiệp và Môi trường")
    key.refresh_from_db()
    assert (key.valid_to, key.revoked_at) == (second.valid_from, None)
    IssuerKey.objects.all().delete()  # as after a restore of an older backup
    assert keys.rotate().kid not in {key.kid, second.kid}
    assert len(list(folder.glob("*.pem"))) == 3


def test_the_first_start_makes_one_key_and_later_ones_none() -> None:
    keys.ensure_one()
    keys.ensure_one()
    key = IssuerKey.objects.get()
    keys.revoke(key.kid, "Lộ khóa")
    keys.ensure_one()
    assert IssuerKey.objects.count() == 1, "a revoked key is not silently replaced"


def test_the_command_lists_makes_and_revokes(key: IssuerKey) -> None:
    def said(*arguments: str) -> str:
        out = StringIO()
        call_command("issuer_keys", *arguments, stdout=out)
        return out.getvalue()

    assert f"{key.kid}  in use" in said("list")
    assert "signs from now on" in said("new", "--issuer", "Sở Nông nghiệp")
    said("revoke", key.kid, "--reason", "Lộ khóa")
    assert f"{key.kid}  revoked" in said("list")
    with pytest.raises(CommandError):
        said("revoke", key.kid, "--reason", "nữa")
    with pytest.raises(CommandError):
        said("revoke", "none", "--reason", "x")


# What devices are told


def changes(client: Client, cursor: str | None = None) -> dict[str, Any]:
    query = {"limit": 1000, **({"cursor": cursor} if cursor else {})}
    document: dict[str, Any] = client.get("/api/v1/changes", query).json()
    return document


def test_a_change_of_the_register_alone_is_told_once(client: Client, register: SampleRegister) -> None:
    cursor = changes(client)["next_cursor"]
    assert changes(client, cursor)["register"] is None
    for change in (
        keys.rotate,
        lambda: keys.revoke(IssuerKey.objects.get().kid, "Lộ khóa"),
        lambda: _rename(Register.objects.get(), domains="a.example\nb.example"),
        lambda: _rename(Locality.objects.filter(level="commune").first(), name="Tên mới"),
        lambda: Locality.objects.filter(level="commune").first().former_units.clear(),  # type: ignore[union-attr]
    ):
        before = client.get("/api/v1/snapshot").headers["ETag"]
        change()  # type: ignore[no-untyped-call]
        page = changes(client, cursor)
        assert page["register"] is not None
        assert page["next_cursor"] != cursor
        assert client.get("/api/v1/snapshot").headers["ETag"] != before
        cursor = page["next_cursor"]
        assert changes(client, cursor)["register"] is None
    assert page["register"]["domains"] == ["a.example", "b.example"]
    assert page["register"]["issuer_keys"][0]["revoked_reason"] == "Lộ khóa"


def _rename(record: Any, **fields: str) -> None:
    for name, value in fields.items():
        setattr(record, name, value)
    record.save()


def test_a_page_that_is_not_the_last_never_runs_ahead_of_the_products(client: Client, register: SampleRegister) -> None:
    keys.rotate()  # its cursor is behind those of all products
    seen: set[str] = set()
    cursor, described = None, 0
    while True:
        page = client.get("/api/v1/changes", {"limit": 7, **({"cursor": cursor} if cursor else {})}).json()
        seen |= {change["product"]["gtin"] for change in page["changes"]}
        described += page["register"] is not None
        cursor = page["next_cursor"]
        if not page["more"]:
            break
    assert seen == {product.gtin for product in register.products}
    assert described
    assert page["register"] is not None, "the last page reaches the register's own cursor"
    assert changes(client, cursor)["register"] is None


def test_a_statement_that_is_taken_back_is_told_and_another_may_follow(
    client: Client, key: IssuerKey, made: SampleProduct
) -> None:
    first = token_for(client, made.gtin)
    cursor = changes(client)["next_cursor"]
    jti = decoded(first.split(".")[1])["jti"]
    statements.revoke(jti, "In sai")
    page = changes(client, cursor)
    assert [change["product"]["revoked_statements"] for change in page["changes"]] == [[jti]]
    second = token_for(client, made.gtin)
    assert second != first
    assert client.get(f"/api/v1/products/{made.gtin}").json()["product"]["revoked_statements"] == [jti]
    with pytest.raises(SignedStatement.DoesNotExist):
        statements.revoke(jti, "nữa")


def test_making_a_statement_is_no_change_of_the_product(client: Client, key: IssuerKey, made: SampleProduct) -> None:
    cursor = changes(client)["next_cursor"]
    token_for(client, made.gtin)
    assert changes(client, cursor)["changes"] == []


# What a token is worth


def forged(token: str, *, header: Any = None, **claims: Any) -> str:
    parts = token.split(".")
    head = encoded(header) if header is not None else parts[0]
    return f"{head}.{encoded(decoded(parts[1]) | claims) if claims else parts[1]}.{parts[2]}"


def signed(key: Ed25519PrivateKey, kid: str, claims: Any, **header: Any) -> str:
    payload = claims if isinstance(claims, bytes) else json.dumps(claims).encode()
    return PyJWS().encode(payload, key, "EdDSA", {"kid": kid, "typ": "", **header})


def test_every_token_gets_its_word(client: Client, key: IssuerKey, made: SampleProduct) -> None:
    token = token_for(client, made.gtin)
    signer = keys.in_use()
    assert signer
    private, claims = signer[1], decoded(token.split(".")[1])
    header = decoded(token.split(".")[0])
    words = {
        token: "good",
        forged(token, stars=5 if claims["stars"] != 5 else 3): "altered",
        token[:-4] + ("AAAA" if not token.endswith("AAAA") else "BBBB"): "altered",
        signed(Ed25519PrivateKey.generate(), key.kid, claims): "altered",
        signed(private, "1999-1", claims): "unknown_key",
        signed(private, key.kid, claims | {"iat": claims["iat"] - 10_000}): "key_not_in_use",
        signed(private, key.kid, claims | {"more": 1}): "malformed",
        signed(private, key.kid, claims | {"stars": "4"}): "malformed",
        signed(private, key.kid, claims | {"from": "2025-13-01"}): "malformed",
        signed(private, key.kid, claims | {"iat": 10**30}): "malformed",
        signed(private, key.kid, b"[1]"): "malformed",
        signed(private, key.kid, b"{"): "malformed",
        signed(private, key.kid, claims, jku="https://evil.example/keys"): "malformed",
        forged(token, header=header | {"alg": "none"}): "malformed",
        forged(token, header=header | {"alg": "HS256"}): "malformed",
        forged(token, header=header | {"crit": ["b64"], "b64": False}): "malformed",
        forged(token, header={"alg": "EdDSA"}): "malformed",
        forged(token, header=[1]): "malformed",
        forged(token, header=header | {"kid": 7}): "malformed",
        "": "malformed",
        "a.b.c": "malformed",
        "ấ.ấ.ấ": "malformed",
        token * 20: "malformed",
        ".".join(["e30"] * 3): "malformed",
    }
    assert {text: statements.check(text)[0] for text in words} == words
    keys.rotate()
    assert statements.check(token)[0] == "good", "retired keys still prove what they signed while in use"
    keys.revoke(key.kid, "Lộ khóa")
    assert statements.check(token)[0] == "key_revoked"


# The page


def test_the_page_says_what_the_statement_in_its_address_is_worth(
    client: Client, key: IssuerKey, made: SampleProduct, register: SampleRegister
) -> None:
    token = token_for(client, made.gtin)
    other = next(product for product in register.products if product.gtin != made.gtin)

    def page(token: str, gtin: str = made.gtin) -> str:
        answer = client.get(f"/p/{gtin}", {"statement": token})
        assert answer.status_code == 200
        return answer.content.decode()

    right = page(token)
    assert "Chữ ký đúng, xác nhận còn hiệu lực." in right
    first, last = made.certificates[0].valid_from, made.certificates[0].valid_to
    assert f"<dd>{first:%d/%m/%Y} – {last:%d/%m/%Y}</dd>" in right
    english = client.get(f"/p/{made.gtin}", {"statement": token, "lang": "en"}).content.decode()
    assert english.count(f"<dd>{first:%-d %B %Y} – {last:%-d %B %Y}</dd>") == 2  # the statement's and the register's
    assert "không chứng minh gói hàng này là bản gốc" in right
    assert "Chữ ký" not in client.get(f"/p/{made.gtin}").content.decode()
    assert "chữ ký sai" in page(forged(token, stars=5 if made.certificates[0].stars != 5 else 3))
    assert f"thuộc sản phẩm khác, GTIN {made.gtin}" in page(token, other.gtin)
    assert "không đọc được" in page("<script>alert(1)</script>")
    assert "<script>" not in page("<script>alert(1)</script>")
    certificate = Certificate.objects.get(number=made.certificates[0].number)
    today = timezone.localdate()
    signer = keys.in_use()
    assert signer
    claims = decoded(token.split(".")[1])
    ended = signed(signer[1], key.kid, claims | {"to": (today - timedelta(days=1)).isoformat()})
    later = signed(signer[1], key.kid, claims | {"from": (today + timedelta(days=1)).isoformat()})
    assert "xác nhận đã hết hạn" in page(ended)
    assert "chưa có hiệu lực" in page(later)
    ahead = today + timedelta(days=30)
    certificate.withdrawn_on, certificate.withdrawn_reason = ahead, "Ngừng sản xuất"
    certificate.save()
    assert "Lý do: Ngừng sản xuất" in page(token)
    assert f"xác nhận còn hiệu lực; giấy chứng nhận sẽ bị thu hồi từ ngày {ahead:%d/%m/%Y}." in page(token)
    assert "đã bị thu hồi" not in page(token)
    certificate.withdrawn_on = today
    certificate.save()
    assert "giấy chứng nhận đã bị thu hồi sau đó. Lý do: Ngừng sản xuất" in page(token)
    certificate.withdrawn_on = None
    certificate.save()
    statements.revoke(claims["jti"], "In sai")
    assert "Sổ đăng ký đã thu hồi xác nhận này. Lý do: In sai" in page(token)
    keys.revoke(key.kid, "Lộ khóa")
    assert "Khóa ký xác nhận này đã bị thu hồi" in page(token)
    assert "Lý do: Lộ khóa" in page(token)


def test_the_statements_qr_code_is_a_picture(client: Client, key: IssuerKey, made: SampleProduct) -> None:
    answer = client.get(f"/statements/{made.gtin}.svg")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/svg+xml")
    assert b"<svg" in answer.content
    assert client.get("/statements/09529999999993.svg").status_code == 404
    assert client.get("/statements/x.svg").status_code == 404


# The back office


@pytest.fixture
def office(register: SampleRegister) -> Client:
    client = Client()
    client.force_login(User.objects.get(username="quantri"), configured.AUTHENTICATION_BACKENDS[1])
    return client


def test_a_key_is_revoked_in_the_back_office_with_a_reason(office: Client, key: IssuerKey) -> None:
    address = f"/admin/register/issuerkey/{key.pk}/change/"
    assert office.get("/admin/register/issuerkey/").status_code == 200
    assert "không thể hoàn tác" in office.get(address).content.decode()
    assert office.post(address, {"revoked_reason": "Lộ khóa"}).status_code == 302
    key.refresh_from_db()
    assert key.revoked_at is not None
    assert key.revoked_reason == "Lộ khóa"
    assert office.get("/admin/register/issuerkey/add/").status_code == 403


def test_a_registrar_revokes_no_key(office: Client, key: IssuerKey) -> None:
    # Past the model, which keeps the last administrator.
    User.objects.filter(username="quantri").update(role="registrar", is_superuser=False)
    address = f"/admin/register/issuerkey/{key.pk}/change/"
    assert office.post(address, {"revoked_reason": "Lộ khóa"}).status_code == 403
    key.refresh_from_db()
    assert key.revoked_at is None


def test_a_statement_is_taken_back_in_the_back_office(
    office: Client, client: Client, key: IssuerKey, made: SampleProduct
) -> None:
    jti = decoded(token_for(client, made.gtin).split(".")[1])["jti"]
    assert jti in office.get("/admin/register/signedstatement/").content.decode()
    assert (
        office.post(f"/admin/register/signedstatement/{jti}/change/", {"revoked_reason": "In sai"}).status_code == 302
    )
    assert SignedStatement.objects.get(jti=jti).revoked_at is not None


@pytest.mark.parametrize("domain", ["https://a.example", "a", "a.example/x", "a..example", "-a.example", "a_b.example"])
def test_what_is_no_domain_is_refused(domain: str) -> None:
    with pytest.raises(ValidationError):
        validate_domains(f"truyxuat.example\n{domain}")
    validate_domains("truyxuat.example\nocop-quảngninh.vn")


# Many at once


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite in memory has one writer; set DATABASE_URL")
def test_who_asks_at_the_same_moment_gets_the_same_statement_by_a_key_in_use() -> None:
    call_command("sample_register", products=10, producers=5, stdout=StringIO())
    keys.rotate()
    product = Product.objects.filter(certificates__withdrawn_on=None, certificates__valid_to__gte=timezone.localdate())
    gtin = product.values_list("gtin", flat=True)[0]
    begin, tokens, errors = threading.Barrier(6), [], []

    def ask() -> None:
        try:
            begin.wait()
            for _ in range(5):
                made = statements.statement_for(gtin)
                tokens.append(made.token if made else None)
        except Exception as error:  # told by the test
            errors.append(error)
        finally:
            connections.close_all()

    def rotate() -> None:
        try:
            begin.wait()
            keys.rotate()
        except Exception as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=ask) for _ in range(5)] + [threading.Thread(target=rotate)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert len({token for token in tokens if token}) <= 2, "one by each key"
    assert {statements.check(token)[0] for token in tokens if token} == {"good"}
    assert RegisterClock.objects.get(name="register").value > 0
