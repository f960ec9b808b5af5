"""Nothing that a reader does changes what an editor may do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.conf import settings
from django.db import transaction
from django.db.models import ProtectedError
from django.test import Client
from django.urls import reverse
from registry_notes import Sender, note, photo_of, picture

from accounts.models import User
from inspections.models import Sighting
from issuing import keys
from issuing.models import SignedStatement
from issuing.statements import revoke
from register.models import Certificate, Product
from register.sample import SampleRegister

pytestmark = pytest.mark.django_db


@pytest.fixture
def read(register: SampleRegister, anonymous: Sender) -> Product:
    """A product, after a reader has done everything that nobody needs an account for."""
    keys.rotate()
    made = next(product for product in register.products if product.status == "valid")
    for address in (
        f"/api/v1/products/{made.gtin}", f"/api/v1/products/{made.gtin}/statement", f"/statements/{made.gtin}.svg",
        f"/p/{made.gtin}", "/api/v1/snapshot", "/api/v1/changes",
    ):  # fmt: skip
        assert anonymous.get(address).status_code == 200, address
    code = {**note()["code"], "gtin": made.gtin, "serial": "A1"}
    document = anonymous.note(code=code, photos=[photo_of(picture())])
    assert anonymous.put_note(document).status_code == 201
    assert anonymous.put_photo(document["id"], picture()).status_code == 201
    assert SignedStatement.objects.filter(certificate__product__gtin=made.gtin).exists()
    assert Sighting.objects.filter(gtin=made.gtin).exists()
    return Product.objects.get(gtin=made.gtin)


@pytest.fixture(params=["registrar", "administrator"])
def editor(request: pytest.FixtureRequest) -> Client:
    client = Client()
    user = User.objects.create_user(f"nguoi-{request.param}", None, None, name="", role=request.param)
    client.force_login(user, settings.AUTHENTICATION_BACKENDS[1])
    return client


@contextmanager
def undone() -> Iterator[None]:
    """Leave the product as it was: to read all of it takes longer than what an editor does."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def test_a_product_is_deleted_whatever_readers_have_done(editor: Client, read: Product) -> None:
    address = reverse("admin:register_product_delete", args=[read.pk])
    with undone():
        assert 'name="post"' in editor.get(address).content.decode()
        assert editor.post(address, {"post": "yes"}).status_code == 302
        assert not Product.objects.filter(pk=read.pk).exists()
        assert not SignedStatement.objects.exists()
    form = {"action": "delete_selected", "_selected_action": [str(read.pk)], "post": "yes"}
    assert Product.objects.filter(pk=read.pk).exists()
    assert editor.post(reverse("admin:register_product_changelist"), form).status_code == 302
    assert not Product.objects.filter(pk=read.pk).exists()


def test_a_statement_is_deleted_by_nobody_and_a_revoked_one_keeps_its_product(editor: Client, read: Product) -> None:
    statement = SignedStatement.objects.get().jti
    address = reverse("admin:register_signedstatement_delete", args=[statement])
    assert editor.post(address, {"post": "yes"}).status_code == 403
    assert SignedStatement.objects.exists()
    revoke(statement, "In nhầm")
    address = reverse("admin:register_product_delete", args=[read.pk])
    assert editor.post(address, {"post": "yes"}).status_code == 200
    assert Product.objects.filter(pk=read.pk).exists()
    with pytest.raises(ProtectedError):
        Certificate.objects.filter(product=read).delete()
