"""GET /identity: a proof by each key, for the name that was asked, and none for a name that is not the server's."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from jwt.api_jws import PyJWS
from registry_notes import error_of

from issuing import keys
from issuing.models import IssuerKey
from register.description import Register, settle

pytestmark = pytest.mark.django_db
CHALLENGE = "c" * 43


@pytest.fixture(autouse=True)
def register_with_key(register: object, settings: Any, tmp_path: Any) -> None:
    settings.ISSUER_KEYS = tmp_path / "keys"
    IssuerKey.objects.all().delete()
    settle({})
    keys.rotate()


def asked(challenge: str = CHALLENGE, **headers: str) -> Any:
    return Client().get("/api/v1/identity", {"challenge": challenge}, headers=headers)


def said(proof: str) -> tuple[str, dict[str, str]]:
    """The key that signed a proof, and what it says, once its signature has been checked."""
    kid = PyJWS(algorithms=["EdDSA"]).decode_complete(proof, options={"verify_signature": False})["header"]["kid"]
    public = keys.public_key(IssuerKey.objects.get(kid=kid))
    return kid, json.loads(PyJWS(algorithms=["EdDSA"]).decode(proof, public, algorithms=["EdDSA"]))


def test_it_proves_the_registers_id_for_the_challenge_and_the_host_that_was_asked() -> None:
    answer = asked(Host="localhost:8400").json()
    identity = str(Register.objects.get().identity)
    assert answer["id"] == identity
    assert [said(proof)[1] for proof in answer["proofs"]] == [
        {"id": identity, "challenge": CHALLENGE, "host": "localhost"}
    ]


def test_an_earlier_key_proves_too_and_a_revoked_one_does_not() -> None:
    first, second = IssuerKey.objects.get().kid, keys.rotate().kid
    assert [said(proof)[0] for proof in asked().json()["proofs"]] == [second, first]
    keys.revoke(first, "mất")
    assert [said(proof)[0] for proof in asked().json()["proofs"]] == [second]
    keys.revoke(second, "mất")
    assert error_of(asked()) == (404, "not_found")


def test_a_server_that_answers_to_any_name_proves_none_but_its_public_one(settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    assert error_of(asked(Host="ocop.example")) == (404, "not_found")
    settings.PUBLIC_URL = "https://ocop.example"
    assert error_of(asked(Host="other.example")) == (404, "not_found")
    assert said(asked(Host="ocop.example").json()["proofs"][0])[1]["host"] == "ocop.example"


@pytest.mark.parametrize("challenge", ["", "short", "x" * 87, "c" * 42 + '"', "c" * 42 + "é"])
def test_only_a_nonce_is_signed(challenge: str) -> None:
    assert error_of(asked(challenge)) == (400, "bad_request")
