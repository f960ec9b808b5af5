"""The resolver of GS1 Digital Links: what GS1's own test suite asks (standard 1.2), and what people meet."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from jsonschema import Draft7Validator

from linking.kinds import KINDS, VOCABULARY
from linking.links import CONTEXT
from linking.models import ProductLink
from linking.qualifiers import NotQualifiers, qualifiers_of
from register.models import Product
from register.sample import SampleRegister

pytestmark = pytest.mark.django_db
STANDARDS = "OCOP_STANDARDS"
LINKSET = "application/linkset+json"


@pytest.fixture
def product(register: SampleRegister) -> Product:
    """A product with a link to its traceability, one to videos in each language, and two equal ones to recipes."""
    found = Product.objects.get(gtin=register.products[0].gtin)
    for kind, href, title, language in (
        ("traceability", "https://truyxuat.example/lo?x=1", "Nguồn gốc", ""),
        ("relatedVideo", "https://video.example/vi", "Phim", "vi"),
        ("relatedVideo", "https://video.example/en", "Film", "en"),
        ("recipeInfo", "https://mon.example/1", "Món một", "vi"),
        ("recipeInfo", "https://mon.example/2", "Món hai", "vi"),
    ):
        ProductLink.objects.create(product=found, kind=kind, href=href, title=title, language=language)
    return found


def location(client: Client, address: str, **headers: str) -> str:
    answer = client.get(address, headers=headers)
    assert answer.status_code == 307, answer.content
    return str(answer.headers["Location"])


def page_of(product: Product) -> str:
    return f"http://testserver/p/{product.gtin}"


def test_a_code_leads_to_the_products_page_and_takes_its_statement_along(client: Client, product: Product) -> None:
    at = f"/01/{product.gtin}"
    for address in (at, f"{at}/", f"{at}/10/L001/21/7", f"{at}/22/A/10/L001/21/7/", f"/01/{product.gtin[1:]}"):
        assert location(client, address) == page_of(product)
    assert location(client, f"{at}/10/L1?17=261231&statement=a.b.c") == f"{page_of(product)}?17=261231&statement=a.b.c"
    for hidden in ("%E2%80%8B", "%20"):  # copied along from a message
        assert location(client, f"{at}{hidden}") == page_of(product)
    shown = client.get(at, follow=True)
    assert product.name in shown.content.decode()


def test_an_unknown_lot_leads_to_the_product(client: Client, product: Product) -> None:
    """What is known of no pack is known of the product: the resolver walks up the tree."""
    sent = f"/01/{product.gtin}/10/L7%2FA/21/S1?17=261231"
    answer = client.get(f"/01/{product.gtin}/10/L7/A/21/S1", REQUEST_URI=sent)
    assert (answer.status_code, answer.headers["Location"]) == (307, page_of(product))


@pytest.mark.parametrize("rest", ["11/260101", "21/S/10/L", "10/A/10/B", "10", f"10/{'x' * 21}", "10/Chè", "abc"])
def test_an_address_that_is_no_digital_link_is_told_so_and_shows_the_way(
    client: Client, product: Product, rest: str
) -> None:
    answer = client.get(f"/01/{product.gtin}/{rest}")
    assert answer.status_code == 400
    assert "không đúng dạng của GS1 Digital Link" in answer.content.decode()
    assert f'href="{page_of(product)}"' in answer.content.decode()


def test_qualifiers_are_read_as_they_were_sent() -> None:
    assert qualifiers_of("22/A/10/L7%2FA/21/S%201".replace("%20", "")) == {"22": "A", "10": "L7/A", "21": "S1"}
    assert qualifiers_of("") == qualifiers_of("/") == {}
    with pytest.raises(NotQualifiers, match="10/"):
        qualifiers_of("10")


@pytest.mark.parametrize(
    ("number", "status"), [("09529999999991", 400), ("abc", 400), ("1", 400), ("09529999999993", 404)]
)
def test_a_wrong_number_is_never_answered_with_200(client: Client, product: Product, number: str, status: int) -> None:
    for query in ("", "?linkType=linkset", "?linkType=gs1:pip"):
        answer = client.get(f"/01/{number}{query}")
        assert answer.status_code == status
        assert "Không tìm thấy" in answer.content.decode()


def test_the_kind_that_is_asked_for_is_led_to(client: Client, product: Product) -> None:
    at = f"/01/{product.gtin}?linkType="
    for asked in ("gs1:traceability", f"{VOCABULARY}traceability", "traceability"):
        assert location(client, f"{at}{asked}&17=261231") == "https://truyxuat.example/lo?x=1&17=261231"
    assert location(client, f"{at}gs1:pip") == location(client, f"{at}gs1:defaultLink") == page_of(product)
    assert location(client, f"{at}gs1:certificationInfo") == f"{page_of(product)}#certificates"
    assert location(client, f"{at}gs1:homepage").endswith(f"/producer/{product.producer_id}")
    assert location(client, f"{at}gs1:relatedVideo", **{"Accept-Language": "en"}) == "https://video.example/en"
    assert (
        location(client, f"{at}gs1:relatedVideo", **{"Accept-Language": "fr, vi;q=0.5"}) == "https://video.example/vi"
    )


def test_a_kind_that_is_not_there_is_404_and_several_equal_ones_are_300(client: Client, product: Product) -> None:
    for asked in ("gs1:dpp", "gs1:nothing", "schema:url", "%ff"):
        missing = client.get(f"/01/{product.gtin}?linkType={asked}")
        assert missing.status_code == 404
        assert f'href="{page_of(product)}"' in missing.content.decode()
    several = client.get(f"/01/{product.gtin}?linkType=gs1:recipeInfo&10=L")
    assert several.status_code == 300
    for href in ("https://mon.example/1?10=L", "https://mon.example/2?10=L"):
        assert f'href="{href}"' in several.content.decode()


def test_the_linkset_has_every_link_and_one_default(client: Client, product: Product) -> None:
    at = f"/01/{product.gtin}"
    answers = [
        client.get(f"{at}?linkType=linkset"),
        client.get(f"{at}/10/L1?linkType=all"),
        client.get(at, headers={"Accept": LINKSET}),
        client.get(at, headers={"Accept": f"text/html;q=0.5, {LINKSET};q=0.9, */*;q=0.1"}),
        client.get(at, headers={"Accept": f"*/*, {LINKSET.upper()}"}),
    ]
    for answer in answers:
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, LINKSET)
        assert f'<{CONTEXT}>; rel="http://www.w3.org/ns/json-ld#context"' in answer.headers["Link"]
        assert answer.json() == answers[0].json()
    (links,) = answers[0].json()["linkset"]
    assert (links["anchor"], links["itemDescription"]) == (f"http://testserver{at}", product.name)
    (default,) = links[f"{VOCABULARY}defaultLink"]
    assert set(default) == {"href", "title"}
    assert default.items() <= links[f"{VOCABULARY}pip"][0].items()
    kinds = {name.removeprefix(VOCABULARY): len(found) for name, found in links.items() if name.startswith("http")}
    assert kinds == {
        "defaultLink": 1, "pip": 1, "certificationInfo": 1, "homepage": 1, "traceability": 1, "relatedVideo": 2,
        "recipeInfo": 2,
    }  # fmt: skip


def test_every_answer_tells_where_the_linkset_is_and_lets_other_sites_ask(client: Client, product: Product) -> None:
    at = f"/01/{product.gtin}"
    for method in (client.get, client.head):
        for query in ("", "?linkType=gs1:dpp", "?linkType=linkset", "?linkType=gs1:recipeInfo"):
            answer = method(f"{at}{query}")
            where = f'<http://testserver{at}?linkType=linkset>; rel="linkset"; type="{LINKSET}"'
            assert where in answer.headers["Link"]
            assert answer.headers["Access-Control-Allow-Origin"] == "*"
            assert {"Accept", "Accept-Language"} <= set(answer.headers["Vary"].split(", "))
    asked = client.options(at)
    assert (asked.status_code, asked.headers["Allow"]) == (204, "GET, HEAD, OPTIONS")
    assert client.post(at).status_code == 405
    assert client.get("/01/1").headers["Access-Control-Allow-Origin"] == "*"


def test_the_resolver_describes_itself(client: Client, register: SampleRegister) -> None:
    answer = client.get("/.well-known/gs1resolver")
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    told = answer.json()
    assert (told["resolverRoot"], told["supportedPrimaryKeys"]) == ("http://testserver", ["01"])
    assert told["supportedLinkType"] == [{"namespace": VOCABULARY, "prefix": "gs1:"}]
    assert told["contact"]["fn"] == told["name"]


def test_links_and_linksets_keep_to_gs1s_schema_and_vocabulary(client: Client, product: Product) -> None:
    """Against the files that GS1's suite uses, where their folder is given."""
    folder = os.environ.get(STANDARDS)
    if not folder:
        pytest.skip(f"needs {STANDARDS}, the folder of GS1's schemas")
    schema: Any = json.loads((Path(folder) / "linkset" / "gs1-linkset-schema.json").read_text(encoding="utf-8"))
    terms = {
        term["id"].removeprefix("gs1:")
        for path in (Path(folder) / "webvoc").glob("*.json")
        for term in json.loads(path.read_text(encoding="utf-8"))
        if term["status"] == "stable"
    }
    for number in Product.objects.values_list("gtin", flat=True):
        document = client.get(f"/01/{number}?linkType=linkset").json()
        assert not [error.message for error in Draft7Validator(schema).iter_errors(document)]
        used = {name.removeprefix(VOCABULARY) for name in document["linkset"][0] if name.startswith("http")}
        assert used <= terms
    assert set(KINDS) <= terms


@pytest.mark.parametrize(
    "accept",
    ["*/*", "", f"{LINKSET};q=0", f"{LINKSET};q=0.1, text/html", f"{LINKSET}x", "image/webp", "text/html, */*;q=0.8"],
)
def test_who_does_not_prefer_the_linkset_is_led_to_the_page(client: Client, product: Product, accept: str) -> None:
    assert location(client, f"/01/{product.gtin}", Accept=accept) == page_of(product)
