from __future__ import annotations

import base64
import hashlib

import pytest

from services.accounts.sealing import KeyKeeper, SealBroken, SealingKey

KEY = SealingKey.new(KeyKeeper.STORE)


def test_only_the_same_key_and_the_same_matter_open_a_seal() -> None:
    sealed = KEY.seal(b"secret", about=b"kiemtra01")
    assert KEY.open(sealed, about=b"kiemtra01") == b"secret"
    with pytest.raises(SealBroken):
        KEY.open(sealed, about=b"kiemtra02")
    with pytest.raises(SealBroken):
        SealingKey.new(KeyKeeper.STORE).open(sealed, about=b"kiemtra01")


def test_a_seal_that_was_tampered_with_does_not_open() -> None:
    blob = bytearray(base64.b64decode(KEY.seal(b"secret", about=b"")))
    for place in range(len(blob)):
        blob[place] ^= 1
        with pytest.raises(SealBroken):
            KEY.open(base64.b64encode(blob).decode(), about=b"")
        blob[place] ^= 1


@pytest.mark.parametrize("sealed", ["", "AAAA", "not base64", "ß", "A" * 400])
def test_what_is_no_seal_is_a_broken_one(sealed: str) -> None:
    with pytest.raises(SealBroken):
        KEY.open(sealed, about=b"")


def test_the_same_text_is_never_sealed_the_same_way() -> None:
    assert len({KEY.seal(b"secret", about=b"") for _ in range(100)}) == 100


def test_a_browsers_key_follows_from_its_secret_and_not_from_its_folders_name() -> None:
    secret = "x" * 43
    key = SealingKey.of_browser(secret)
    assert key == SealingKey.of_browser(secret)
    assert key != SealingKey.of_browser("y" * 43)
    digest = hashlib.sha256(secret.encode()).digest()
    assert key.value != digest
    assert digest[:16] not in key.value


def test_a_key_is_written_and_read_and_never_shown() -> None:
    assert SealingKey.from_text(KEY.text, KeyKeeper.STORE) == KEY
    assert KEY.text not in repr(KEY)
    assert repr(KEY.value) not in repr(KEY)
    for bad in ("", "AAAA", "nonsense!"):
        with pytest.raises(ValueError, match=r"."):
            SealingKey.from_text(bad, KeyKeeper.STORE)
