"""PUT and HEAD /records/{kind}/{id}/files/{sha256}: files whole and in parts, cut off and resumed."""

from __future__ import annotations

import io
import os
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import requests
import rfc8785
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.utils import timezone
from registry_notes import API, RECORDS, TRIED, Sender, content_digest, error_of, note, photo_of, picture, sha256
from scratch_database import scratch_database

from records import files
from records.erasing import delete_bytes, erase
from records.kinds import kind_named
from records.models import Erasure, Part
from tests.support.registry_server import MADE_UP, RegistryServer

SignIn = Callable[[str], Sender]
every_kind = pytest.mark.parametrize("kind", TRIED)
KIB = 1024


def big(size: int = 1_200_000) -> bytes:
    """A JPEG of so many bytes; it may have anything behind its end."""
    return picture() + os.urandom(size - len(picture()))


def sent(sender: Sender, kind: str, *files: bytes, **changed: Any) -> str:
    document = sender.record(kind, *files, **changed)
    answer = sender.put_record(kind, document)
    assert answer.status_code == 201, answer.content
    return str(document["id"])


def kept(kind: str) -> bytes:
    """The bytes of the one file that is kept."""
    (file,) = kind_named(kind).files
    with default_storage.open(file.file) as opened:
        return bytes(opened.read())


@pytest.mark.django_db
@every_kind
def test_a_whole_file_is_stored_once(sign_in: SignIn, kind: str) -> None:
    sender = sign_in("kiemtra01")
    record, name, size = sent(sender, kind, picture()), sha256(picture()), len(picture())
    assert sender.held(kind, record, name) == (200, "0", str(size))
    first, second = (sender.put_file(kind, record, name, picture()) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 200)
    whole = {"id": record, "sha256": name, "size": size, "offset": size, "stored": True}
    assert first.json() == second.json() == whole
    assert sender.held(kind, record, name) == (200, str(size), str(size))
    assert kept(kind) == picture()


@pytest.mark.django_db
@pytest.mark.parametrize("together", [True, False])
def test_a_photo_stays_that_comes_while_the_same_one_of_an_erased_record_is_removed(
    sign_in: SignIn, monkeypatch: pytest.MonkeyPatch, together: bool
) -> None:
    sender, kind, photo = sign_in("kiemtra01"), kind_named("note"), picture()
    first = sender.record("note", photo)
    assert sender.put_together("note", first, (sha256(photo), photo)).status_code == 201
    erase(kind, kind.records.get(pk=first["id"]), [Erasure.What.PHOTOS])
    store = files.store

    def stored_then_removed(*args: Any) -> str:
        name = store(*args)
        assert delete_bytes(10) == 1
        return name

    monkeypatch.setattr(files, "store", stored_then_removed)
    again = sender.record("note", photo)
    if together:
        answer = sender.put_together("note", again, (sha256(photo), photo))
    else:
        assert sender.put_record("note", again).status_code == 201
        answer = sender.put_file("note", again["id"], sha256(photo), photo)
    assert answer.status_code == 201, answer.content
    (file,) = kind.files.filter(record_id=again["id"])
    with default_storage.open(file.file) as opened:
        assert opened.read() == photo


@pytest.mark.django_db
@every_kind
def test_a_file_comes_in_parts_from_two_devices(sign_in: SignIn, kind: str) -> None:
    one, other = sign_in("kiemtra01"), sign_in("kiemtra01")
    content = big()
    record, name, size = sent(one, kind, content), sha256(content), len(content)
    at = 0
    for sender, length in ((one, 512 * KIB), (other, 1), (one, 300 * KIB), (other, size)):
        part = content[at : at + length]
        answer = sender.put_file(kind, record, name, part, at)
        at += len(part)
        is_whole = at == size
        assert answer.status_code == (201 if is_whole else 200), answer.content
        assert answer.json() == {"id": record, "sha256": name, "size": size, "offset": at, "stored": is_whole}
        assert one.held(kind, record, name) == (200, str(at), str(size))
    assert kept(kind) == content
    assert not Part.objects.exists()
    # the answer to the last part may have been lost
    again = one.put_file(kind, record, name, content[-10:], size - 10)
    assert (again.status_code, again.json()["stored"], again.json()["offset"]) == (200, True, size)
    assert not Part.objects.exists()


@pytest.mark.django_db
@every_kind
def test_a_part_that_does_not_follow_on_is_told_where_to_go_on(sign_in: SignIn, kind: str) -> None:
    sender = sign_in("kiemtra01")
    content = big()
    record, name = sent(sender, kind, content), sha256(content)

    def wrong(part: bytes, offset: int, held: int) -> None:
        answer = sender.put_file(kind, record, name, part, offset)
        assert error_of(answer) == (409, "wrong_offset")
        assert answer.headers["Upload-Offset"] == str(held)

    wrong(content[100:200], 100, 0)
    wrong(content[-100:], len(content) - 100, 0)  # what would be the last part
    assert sender.put_file(kind, record, name, content[:100], 0).status_code == 200
    wrong(content[:100], 0, 100)  # its answer was lost
    wrong(content[:200], 0, 100)
    wrong(content[99:200], 99, 100)
    wrong(content[101:200], 101, 100)
    empty = sender.put_file(kind, record, name, b"", 100)
    assert (empty.status_code, empty.json()["offset"]) == (200, 100)
    assert sender.put_file(kind, record, name, content[100:], 100).status_code == 413
    rest = [content[at : at + 512 * KIB] for at in range(100, len(content), 512 * KIB)]
    for number, part in enumerate(rest):
        assert sender.put_file(kind, record, name, part, 100 + number * 512 * KIB).status_code in {200, 201}
    assert kept(kind) == content


@pytest.mark.django_db
def test_what_no_part_may_be(sign_in: SignIn) -> None:
    sender = sign_in("kiemtra01")
    content = big()
    record, name = sent(sender, "made_up", content), sha256(content)
    assert error_of(sender.put_file("made_up", record, name, content[: 512 * KIB + 1], 0)) == (413, "too_large")
    for offset in ("-1", "x", "1.5", ""):
        bad = sender.put_file("made_up", record, name, content[:10], None, **{"Upload-Offset": offset})
        assert error_of(bad) == (400, "bad_request"), offset
    more = sender.put_file("made_up", record, name, content[:100], len(content) - 99)
    assert error_of(more) == (413, "too_large")
    assert sender.put_file("made_up", record, name, content + b"x").status_code == 413
    assert not Part.objects.exists()


@pytest.mark.django_db
def test_a_file_has_few_small_parts(sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MOST_SMALL_PARTS", 3)
    sender = sign_in("kiemtra01")
    content = big(4 * KIB)
    record, name = sent(sender, "made_up", content), sha256(content)
    for at in range(3):
        assert sender.put_file("made_up", record, name, content[at : at + 1], at).status_code == 200
    for length in (1, KIB - 1):
        refused = sender.put_file("made_up", record, name, content[3 : 3 + length], 3)
        assert error_of(refused) == (400, "bad_request")
    assert sender.put_file("made_up", record, name, content[3 : 3 + KIB], 3).status_code == 200
    assert sender.put_file("made_up", record, name, content[3 + KIB : -10], 3 + KIB).status_code == 200
    assert sender.put_file("made_up", record, name, content[-10:], len(content) - 10).status_code == 201, "the last one"
    assert kept("made_up") == content


@pytest.mark.django_db
def test_bytes_that_are_not_the_files_are_forgotten(sign_in: SignIn) -> None:
    sender = sign_in("kiemtra01")
    content = big(1000)
    record, name = sent(sender, "made_up", content), sha256(content)
    sender.put_file("made_up", record, name, content[:400], 0)
    spoilt = sender.put_file("made_up", record, name, b"x" * 600, 400)
    assert error_of(spoilt) == (400, "bad_digest")
    assert sender.held("made_up", record, name) == (200, "0", "1000")
    assert error_of(sender.put_file("made_up", record, name, b"x" * 1000)) == (400, "bad_digest")
    sender.put_file("made_up", record, name, content[:500], 0)
    assert sender.put_file("made_up", record, name, content[500:], 500).status_code == 201
    assert kept("made_up") == content


@pytest.mark.django_db
def test_what_is_no_picture_is_refused_and_forgotten(sign_in: SignIn) -> None:
    sender = sign_in("kiemtra01")
    content = b"<html>" * 100
    record, name = sent(sender, "made_up", content), sha256(content)
    sender.put_file("made_up", record, name, content[:100], 0)
    assert error_of(sender.put_file("made_up", record, name, content[100:], 100)) == (415, "unsupported_photo")
    assert sender.held("made_up", record, name) == (200, "0", "600")
    assert error_of(sender.put_file("made_up", record, name, content)) == (415, "unsupported_photo")


@pytest.mark.django_db
def test_a_whole_file_ends_its_parts(sign_in: SignIn) -> None:
    sender = sign_in("kiemtra01")
    content = big()
    record, name = sent(sender, "made_up", content), sha256(content)
    sender.put_file("made_up", record, name, content[:1000], 0)
    assert sender.put_file("made_up", record, name, content).status_code == 201
    assert not Part.objects.exists()
    assert sender.held("made_up", record, name) == (200, str(len(content)), str(len(content)))


@pytest.mark.django_db
def test_a_disk_that_takes_no_file_keeps_the_parts(sign_in: SignIn, photo_folder: Path) -> None:
    sender = sign_in("kiemtra01")
    content = big()
    record, name = sent(sender, "made_up", content), sha256(content)
    for at in range(0, 2 * 512 * KIB, 512 * KIB):
        assert sender.put_file("made_up", record, name, content[at : at + 512 * KIB], at).status_code == 200
    photo_folder.mkdir()
    (photo_folder / "photos").write_text("")
    last = content[1024 * KIB :]
    assert error_of(sender.put_file("made_up", record, name, last, 1024 * KIB)) == (503, "unavailable")
    assert sender.held("made_up", record, name) == (200, str(1024 * KIB), str(len(content)))
    (photo_folder / "photos").unlink()
    assert sender.put_file("made_up", record, name, last, 1024 * KIB).status_code == 201
    assert kept("made_up") == content


@pytest.mark.django_db
def test_only_the_sender_sends_files_and_asks_for_them(sign_in: SignIn, anonymous: Sender) -> None:
    inspector, other = sign_in("kiemtra01"), sign_in("kiemtra02")
    record, name = sent(inspector, "made_up", picture()), sha256(picture())
    stolen = {"X-Device": inspector.device}
    for sender in (other, anonymous):
        for offset in (None, 0):
            refused = sender.put_file("made_up", record, name, picture(), offset, **stolen)
            assert error_of(refused) == (403, "not_allowed")
        assert sender.held("made_up", record, name, **stolen)[0] == 403
    bad = {"Authorization": "Bearer khong-co"}
    assert error_of(inspector.put_file("made_up", record, name, picture(), **bad)) == (401, "not_signed_in")
    assert inspector.held("made_up", record, name, **bad)[0] == 401
    assert error_of(inspector.put_file("made_up", str(uuid.uuid4()), name, picture())) == (404, "not_found")
    assert error_of(inspector.put_file("made_up", record, "0" * 64, picture())) == (404, "not_found")
    assert error_of(inspector.put_file("note", record, name, picture())) == (404, "not_found")
    assert error_of(inspector.put_file("made_up", record, "x", picture())) == (400, "bad_request")
    assert [inspector.held("made_up", *at)[0] for at in ((str(uuid.uuid4()), name), (record, "0" * 64))] == [404, 404]


@pytest.mark.django_db
def test_the_device_stands_for_a_sender_without_an_account(anonymous: Sender, sign_in: SignIn) -> None:
    record, name = sent(anonymous, "note", picture()), sha256(picture())
    for device in ("", str(uuid.uuid4())):
        refused = anonymous.put_file("note", record, name, picture(), 0, **{"X-Device": device})
        assert error_of(refused) == (403, "not_allowed")
        assert anonymous.held("note", record, name, **{"X-Device": device})[0] == 403
    inspector = sign_in("kiemtra01")
    as_device = {"X-Device": anonymous.device}
    assert error_of(inspector.put_file("note", record, name, picture(), **as_device)) == (403, "not_allowed")
    assert anonymous.put_file("note", record, name, picture()).status_code == 201


@pytest.mark.django_db
def test_a_file_without_an_account_counts_once_however_many_parts_it_has(anonymous: Sender, settings: Any) -> None:
    settings.ANONYMOUS_PHOTOS_RATE = 1
    content = big(1000)
    record, name = sent(anonymous, "note", content, picture("blue")), sha256(content)
    for at in range(0, 1000, 100):
        answer = anonymous.put_file("note", record, name, content[at : at + 100], at)
        assert answer.status_code == (201 if at == 900 else 200)
    for offset in (None, 0):
        refused = anonymous.put_file("note", record, sha256(picture("blue")), picture("blue"), offset)
        assert error_of(refused) == (429, "too_many_requests")
    later = [anonymous.put_file("note", record, name, b"x", 1).status_code for _ in range(8)]
    assert later == [200] * 7 + [429]  # sixteen, and nine of them were parts of the file


@pytest.mark.django_db
def test_old_parts_are_forgotten(sign_in: SignIn) -> None:
    sender = sign_in("kiemtra01")
    old, new = big(1000), big(1001)
    record = sent(sender, "made_up", old, new)
    for content in (old, new):
        for at in (0, 100, 200):
            sender.put_file("made_up", record, sha256(content), content[at : at + 100], at)
    long_ago = timezone.now() - timedelta(days=31)
    Part.objects.update(received_at=long_ago)
    Part.objects.filter(sha256=sha256(new), offset=200).update(received_at=timezone.now())
    said = io.StringIO()
    call_command("forget_parts", stdout=said)
    assert said.getvalue() == "3 parts\n"
    assert [sender.held("made_up", record, sha256(c))[1] for c in (old, new)] == ["0", "300"]
    assert sender.put_file("made_up", record, sha256(old), old).status_code == 201


@pytest.mark.django_db
def test_a_gap_among_parts_is_never_joined(sign_in: SignIn) -> None:
    """As when the first parts were forgotten while the next one came."""
    sender = sign_in("kiemtra01")
    content = big(1000)
    record, name = sent(sender, "made_up", content), sha256(content)
    for at in (0, 100, 200):
        sender.put_file("made_up", record, name, content[at : at + 100], at)
    Part.objects.filter(offset__lt=200).delete()
    assert sender.held("made_up", record, name)[1] == "0"
    assert sender.put_file("made_up", record, name, content[:150], 0).json()["offset"] == 150
    assert sender.put_file("made_up", record, name, content[150:250], 150).json()["offset"] == 250
    assert sender.put_file("made_up", record, name, content[250:], 250).status_code == 201
    assert kept("made_up") == content


@pytest.mark.django_db
def test_a_sender_that_was_overtaken_stores_nothing_a_second_time(sign_in: SignIn) -> None:
    """As when two requests have looked at the file before either had stored it."""
    sender = sign_in("kiemtra01")
    content = big(1000)
    record, name = sent(sender, "made_up", content), sha256(content)
    kind = kind_named("made_up")
    sender.put_file("made_up", record, name, content[:600], 0)
    of_part, of_whole = (files.find(kind, uuid.UUID(record), name) for _ in range(2))
    assert sender.put_file("made_up", record, name, content[600:], 600).status_code == 201
    cursor = kind.records.get(pk=record).cursor
    assert files.add_part(kind, of_part, 600, content[600:]) is False
    assert files.keep(kind, of_whole, content) is False
    assert kind.records.get(pk=record).cursor == cursor, "no device is told of it again"
    assert kept("made_up") == content
    assert not Part.objects.exists()


# Several senders at once, at the real server with two processes.


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RegistryServer]:
    folder = tmp_path_factory.mktemp("two")
    with (
        scratch_database() as env,
        RegistryServer(folder, env={**env, **MADE_UP}, arguments=("--workers", "2")) as server,
    ):
        yield server


def send(method: str, server: RegistryServer, path: str, body: bytes, headers: dict[str, str]) -> requests.Response:
    return requests.request(
        method, server.url + path, data=body, headers={"Content-Digest": content_digest(body), **headers}, timeout=60
    )


def upload(server: RegistryServer, address: str, content: bytes, headers: dict[str, str], step: int) -> list[int]:
    """Send a file in parts until it is stored, going on from wherever the server is."""
    statuses, at = [], 0
    while True:
        part = content[at : at + step]
        answer = send("PUT", server, address, part, {**headers, "Upload-Offset": str(at)})
        statuses.append(answer.status_code)
        if answer.status_code == 409:
            at = int(answer.headers["Upload-Offset"])
            continue
        assert answer.ok, answer.text
        if answer.json()["stored"]:
            return statuses
        at = answer.json()["offset"]


def test_many_senders_of_one_file_end_in_one(two: RegistryServer) -> None:
    """With parts of other lengths, so that they fall over each other."""
    content = big(400_000)
    for _ in range(3):
        document = note(photos=[photo_of(content)])
        record = f"{API}/records/note/{document['id']}"
        device = {"X-Device": document["device"]}
        assert send("PUT", two, record, rfc8785.dumps(document), {}).status_code == 201
        address = f"{record}/files/{sha256(content)}"
        with ThreadPoolExecutor(8) as pool:
            steps = (50_000, 50_000, 50_000, 50_000, 33_333, 33_333, 70_000, 70_000)
            runs = list(pool.map(partial(upload, two, address, content, device), steps))
        counts = Counter(status for run in runs for status in run)
        assert counts[201] == 1, counts
        head = send("HEAD", two, address, b"", device)
        assert (head.headers["Upload-Offset"], head.headers["Upload-Length"]) == ("400000", "400000")
        receipt = send("PUT", two, record, rfc8785.dumps(document), {}).json()
        assert receipt["files"] == [{"sha256": sha256(content), "stored": True}]
        stored = two.data / "photos" / sha256(content)[:2] / f"{sha256(content)}.jpg"
        assert stored.read_bytes() == content


def test_one_id_is_stored_once_and_its_files_with_it(two: RegistryServer) -> None:
    """Two bodies under one id of the made-up kind, each eight times at once: one wins."""
    who = {"username": "cuahang01", "password": "mau-cuahang-01", "device": str(uuid.uuid4())}
    tokens = requests.post(f"{two.url}{API}/auth/sign-in", json=who, timeout=60).json()
    bearer = {"Authorization": f"Bearer {tokens['access']}"}
    with ThreadPoolExecutor(8) as pool:
        for _ in range(5):
            make, named = RECORDS["made_up"]
            document = make(account="cuahang01", **{named: [photo_of(picture())]})
            bodies = [rfc8785.dumps({**document, "text": text}) for text in ("một", "hai")] * 8
            address = f"{API}/records/made_up/{document['id']}"
            answers = pool.map(partial(send, "PUT", two, address, headers=bearer), bodies)
            counts = Counter(answer.status_code for answer in answers)
            assert counts == {201: 1, 200: 7, 409: 8}


def test_a_file_goes_on_after_the_server_was_killed(tmp_path: Path) -> None:
    content = big(900_000)
    document = note(photos=[photo_of(content)])
    record = f"{API}/records/note/{document['id']}"
    address, device = f"{record}/files/{sha256(content)}", {"X-Device": document["device"]}
    server = RegistryServer(tmp_path).start()
    try:
        assert send("PUT", server, record, rfc8785.dumps(document), {}).status_code == 201
        part = send("PUT", server, address, content[: 512 * KIB], {**device, "Upload-Offset": "0"})
        assert part.status_code == 200
        server.kill()
        server.start()
        head = send("HEAD", server, address, b"", device)
        assert head.headers["Upload-Offset"] == str(512 * KIB)
        rest = send("PUT", server, address, content[512 * KIB :], {**device, "Upload-Offset": str(512 * KIB)})
        assert rest.status_code == 201
    finally:
        server.stop()
