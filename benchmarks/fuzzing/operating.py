"""Further parsers of the server: bodies of calls, settings, backups, keys, checklists, codes of packs."""

from __future__ import annotations

import base64
import contextlib
import gzip
import hashlib
import json
import os
import re
import shutil
from collections.abc import Callable
from importlib import import_module
from typing import Any

from benchmarks.fuzzing.app import folder_in_memory
from benchmarks.fuzzing.made import STRANGE, Given, Target, changed, deepened, text_of
from benchmarks.fuzzing.server import ROOMS, ROOT, asked, clients, server_here

_ID = "6f0d8d5e-6f0b-4c55-9c6e-3f1f4f7a2b11"


def bodies() -> Target:
    """Bodies of the calls of accounts: sign-in, invitations, keys, tokens. Passwords that lock are left out."""
    server_here()
    from django.db import transaction

    nobody, inspector, _ = clients()
    key = base64.urlsafe_b64encode(bytes(range(32))).decode().rstrip("=")
    calls: tuple[tuple[str, dict[str, Any]], ...] = (
        ("auth/sign-in", {"username": "kiemtra01", "password": "mau-kiemtra-01", "device": _ID, "key": key,
                          "platform": "android", "app_version": "0.2.0", "waiting": 3}),
        ("auth/sign-in", {"username": "kiemtra01", "password": "mau-kiemtra-01", "device": _ID, "new_password": "x"}),
        ("invitations/look", {"token": "a" * 43}),
        ("invitations/redeem", {"token": "a" * 43, "password": "mat-khau-dai-01", "device": _ID, "key": key}),
        ("auth/key", {"device": _ID, "key": key}),
        ("auth/refresh", {"refresh": "a" * 43, "waiting": 2}),
    )  # fmt: skip

    class Undone(Exception):
        """Ends a transaction without keeping it."""

    def run(data: bytes) -> None:
        given = Given(data)
        path, document = given.one_of(calls)
        body = given.rest() if given.byte() % 8 == 0 else deepened(changed(document, given))
        kind = given.one_of(("application/json", "application/json; charset=utf-16", "text/plain", "application/json;"))
        with contextlib.suppress(Undone), transaction.atomic():
            asked(given.one_of((nobody, inspector)), "POST", f"/api/v1/{path}", body, kind)
            raise Undone

    return Target(run, [bytes([number, way, 0, 1, 1, 1]) for number in range(len(calls)) for way in (0, 1)], ROOMS)


def environment() -> Target:
    """`config.environment`: what an operator writes into the settings' file: addresses, networks, roles, numbers."""
    server_here()
    said = import_module("config.environment")
    folder = folder_in_memory()

    name = "OCOP_FUZZED"
    readers: tuple[Callable[[str], object], ...] = (
        lambda text: said.database(text, folder), lambda text: said.mail(text),
        lambda _: said.networks(name, "127.0.0.0/8,::1"), lambda _: said.roles(name, https=True),
        lambda _: said.flag(name), lambda _: said.number(name, 30),
    )  # fmt: skip

    def run(data: bytes) -> None:
        given = Given(data)
        read, text = given.one_of(readers), text_of(given.rest()).replace("\x00", "")
        with contextlib.suppress(UnicodeEncodeError):
            os.environ[name] = text
            with contextlib.suppress(said.BadSetting):
                read(text)

    texts = (
        "postgres://user:p%40ss@db.example:5432/ocop?sslmode=verify-full", "sqlite:///data/x.sqlite3",
        "smtps://user:password@mail.example:465", "smtp://localhost?tls=no", "10.0.0.0/8, ::1",
        "administrator,reviewer",
        "yes", "30",
    )  # fmt: skip
    ways = range(len(readers))
    return Target(run, [bytes([way]) + text.encode() for text in texts for way in ways], ("config",))


def backup_folders() -> Target:
    """`backups`: a folder that says it holds a backup, whole by its own hashes, down to the files that it names."""
    server_here()
    checking, folder = import_module("backups.checking"), import_module("backups.folder")
    sealing = import_module("backups.sealing")
    place = folder_in_memory()
    about = {"format": folder.FORMAT, "register": _ID}
    manifest = {
        "format": folder.FORMAT, "made_at": "2026-11-29T01:30:00Z", "register": _ID, "engine": "sqlite",
        "database": "database.sqlite3", "database_sha256": "", "list_sha256": "", "keys_sha256": "",
        "rows": {"register_product": 1}, "clocks": {"register": 1}, "migrations": ["register.0001_initial"],
        "files": 1, "file_bytes": 1, "missing": [], "keys": ["2026-1"],
    }  # fmt: skip
    lines = [{"sha256": "0" * 64, "size": 5, "name": "photos/ab/x.jpg"}]

    def written(given: Given) -> None:
        (place / folder.ABOUT).write_bytes(
            deepened(changed(about, given)) if given.byte() % 4 == 0 else deepened(about)
        )
        backup = place / "20261129T013000.000Z"
        backup.mkdir()
        entries = changed(lines, given) if given.byte() % 2 else lines
        text = (
            "".join(f"{each.get('sha256')} {each.get('size')} {each.get('name')}\n" for each in entries)
            if isinstance(entries, list) and all(isinstance(each, dict) for each in entries)
            else str(entries)
        )
        listed = text.encode("utf-8", "surrogatepass")
        listed = listed if given.byte() % 8 == 0 else gzip.compress(listed)
        (backup / folder.LIST).write_bytes(listed)
        keys = given.some()
        (backup / folder.KEYS).write_bytes(keys)
        (backup / "database.sqlite3").write_bytes(given.some())
        digests = {
            "database_sha256": folder.digest(backup / "database.sqlite3"),
            "list_sha256": folder.digest(backup / folder.LIST),
            "keys_sha256": folder.digest(backup / folder.KEYS),
        }  # fmt: skip
        told = deepened(changed(manifest | digests, given) if given.byte() % 4 else manifest | digests).decode()
        sealed = {"sha256": hashlib.sha256(told.encode()).hexdigest(), "manifest": told}
        (backup / folder.MANIFEST).write_bytes(
            deepened(changed(sealed, given)) if given.byte() % 4 == 0 else deepened(sealed)
        )

    def run(data: bytes) -> None:
        given = Given(data)
        written(given)
        try:
            backup = folder.chosen(place, None)
            with contextlib.suppress(folder.BackupRefused):
                sealing.unseal((backup.path / folder.KEYS).read_bytes()[:4], "a long enough passphrase")
            entries = checking.check_backup(backup)
            checking.refuse_damaged(entries, place)
        except folder.BackupRefused:
            pass
        finally:
            for path in place.iterdir():
                shutil.rmtree(path) if path.is_dir() else path.unlink()

    return Target(
        run, [bytes([1, 0, 1, 0, 0, way, 1, 1, 1, 1, 1]) for way in range(4)] + [b"\0\0\1\1", b""], ("backups",)
    )


def key_files() -> Target:
    """`issuing.keys`: a private key's file, as an operator may have copied it."""
    server_here()
    keys = import_module("issuing.keys")
    from django.conf import settings

    key = import_module("issuing.models").IssuerKey.objects.order_by("-pk").first()
    assert key
    path = settings.ISSUER_KEYS / f"{key.kid}.pem"
    whole = path.read_bytes()

    def run(data: bytes) -> None:
        path.chmod(0o600)
        path.write_bytes(data)
        keys.in_use()
        keys.held()

    return Target(run, [whole, whole[:-9], whole.replace(b"PRIVATE", b"PUBLIC"), b"-----BEGIN X-----\n"], ("issuing",))


def checklist_files() -> Target:
    """`checklists.document`: a version of the checklists, as an operator adds it, and what the office changes in it."""
    server_here()
    document, drafting = import_module("checklists.document"), import_module("checklists.drafting")
    whole = json.loads((ROOT / "services/checklists/labels.json").read_text(encoding="utf-8"))

    def run(data: bytes) -> None:
        given = Given(data)
        content = given.rest() if given.byte() % 8 == 0 else deepened(changed(whole, given))
        try:
            read = document.read(content)
        except document.Refused:
            return
        drafting.differences(None, read)
        item = given.one_of(read.items).id
        words = {name: str(given.one_of(STRANGE)) for name in ("text", "text_en", "note")}
        with contextlib.suppress(document.Refused):
            drafting.changed(content.decode(), {item: words}, frozenset({item} if given.byte() % 2 else ()))

    return Target(run, [b"\0{}", b"\1\0\1\2\3\4", b"\1\3\1\1\1\1\1\1\1\1\1\1", b"\1\2\4\1\7\1\1"], ("checklists",))


def pack_codes() -> Target:
    """`register.naming` and the app's twin: texts of packs against what a register lists of them."""
    server_here()
    naming = import_module("register.naming")
    from services.register.pack_codes import PackCodes

    texts = (
        "https://a.example/q/*/x*",
        "https://a.example/p/1",
        "https://a.example/q/12/x7",
        "LO*2026",
        "LO 12/2026",
        "*",
    )

    # Of other addresses the app reads more than the server: it takes them as browsers do.
    ordinary = re.compile(r"[A-Za-z0-9:/?&=*._ -]+")

    def run(data: bytes) -> None:
        given = Given(data)
        listed, held = [], PackCodes()
        for number in range(1 + given.below(6)):
            kind = given.one_of(("exact", "prefix", "pattern"))
            value = (given.one_of(texts) + text_of(given.some())[:80]).strip()  # as forms and imports keep it
            listed.append(naming.Listed(kind, value, number))
            held.add(str(number), json.dumps({"codes": [{"kind": kind, "value": value}]}).encode())
        text = (given.one_of(texts) + text_of(given.rest())[:2000]).strip()
        naming.read_code(text)
        found = {one.product for one in naming.find_listed(text, listed)}
        own = held.find(text)
        if all(ordinary.fullmatch(each) for each in (text, *(one.value for one in listed))):
            assert (own is None) == (len(found) != 1), f"the server finds {found}, the app {own}"

    return Target(run, [bytes([3, 2, 0, 0, 1, 1, 0, 0, 1, 0, 2]), b"\1\2\3\0\4", b"\0\1\1\3/ab\2"], ("register",))


TARGETS: dict[str, Callable[[], Target]] = {
    "bodies": bodies, "environment": environment, "backups": backup_folders, "key-files": key_files,
    "checklist-files": checklist_files, "pack-codes": pack_codes,
}  # fmt: skip
