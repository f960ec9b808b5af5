"""Every list of the back office that has a search finds what is typed without diacritics and capitals."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.db.models import CharField, Model, TextField
from django.test import RequestFactory
from office_walk import signed_statement
from test_roles import PAGES, Scene, scene  # noqa: F401 - the fixture

from accounts.models import User
from issuing import keys
from issuing.models import SignedStatement
from linking.models import ProductLink
from register.folding import Folded, fold
from register.models import Product

pytestmark = pytest.mark.django_db


def test_every_search_finds_words_without_marks_and_in_capitals(scene: Scene) -> None:  # noqa: F811
    User.objects.update(name="Đặng Thị Phượng")
    for name in (
        "report",
        "round",
        "audit",
        "inspection",
        "answer",
        "suspected copy",
        "key of a device",
        "broken chain",
    ):
        PAGES[name][0](scene)  # makes one
    ProductLink.objects.create(
        product=Product.objects.earliest("pk"), kind="recipeInfo", href="https://mon.example", title="Món ngon"
    )
    keys.ensure_one()
    signed_statement()
    request = RequestFactory().get("/admin/")
    request.user = User.objects.get(username="administrator")
    searched = {model: office for model, office in admin.site._registry.items() if office.search_fields}
    deaf = []
    for model, office in searched.items():
        rows = office.get_queryset(request).order_by("pk")

        def found(term: str, office: Any = office, rows: Any = rows) -> set[Any]:
            return set(office.get_search_results(request, rows, term)[0].values_list("pk", flat=True))

        words = [text for text in _texts(rows[0]) if fold(text) != text.lower() and rows[0].pk in found(text)]
        if not words:
            deaf.append(f"{model.__name__}: no word with marks finds its row")
            continue
        terms = (fold(words[0]).upper(), unicodedata.normalize("NFD", words[0]).upper(), f" {words[0]} ")
        deaf += [f"{model.__name__}: {term}" for term in terms if rows[0].pk not in found(term)]
    assert not deaf
    assert len(searched) > 10


def _texts(row: Model) -> Iterator[str]:
    """What a person may type to find a row: its own texts, the names of its sender or account, and its product."""
    yield from _own(row)
    yield from (user.name for user in User.objects.all()[:1])
    yield from (product.name for product in Product.objects.filter(gtin=getattr(row, "gtin", "")))
    if isinstance(row, ProductLink):
        yield row.product.name
    if isinstance(row, SignedStatement):
        yield from _own(row.certificate)


def _own(row: Model) -> Iterator[str]:
    for field in row._meta.get_fields():
        if isinstance(field, (CharField, TextField)) and not isinstance(field, Folded):
            yield str(getattr(row, field.attname) or "")
