"""Gives a copy of what is kept of a person: a short one at once, one with many photos through the queue."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, Any

from django.http import HttpRequest, HttpResponse

from accounts.models import User
from backoffice.file_pages import hand_over
from office_files import making
from office_files.forgetting import remove
from office_files.kinds import FileKind, NotMade, Tell
from office_files.models import FileState, OfficeFile
from privacy import answering
from privacy.models import PersonRequest
from register.days import today

_BYTES_OF_A_THING = 100_000
"""So many bytes of photos count as one thing more: reading and packing them takes as long."""


def copy_of(request: HttpRequest, asked: PersonRequest, chosen: answering.Chosen) -> HttpResponse:
    """The copy, or the page on which it is made."""
    count = len(chosen) + answering.photo_bytes(chosen) // _BYTES_OF_A_THING
    said = {"request": str(asked.pk), "chosen": [list(one) for one in chosen]}
    name = f"du-lieu-{today():%Y-%m-%d}.zip"
    # The person's name is not told: the list of files outlives neither the request nor the day, but is read in passing.
    return hand_over(request, COPY, "Dữ liệu của một người", name, said, count)


def forget_copies(asked: PersonRequest, removed: answering.Chosen) -> None:
    """Remove the copies that were made for a request, and for others, that hold something that is removed."""
    things = {tuple(one) for one in removed}
    for file in OfficeFile.objects.filter(kind=COPY.name):
        said = file.asked
        if said["request"] != str(asked.pk) and things.isdisjoint(map(tuple, said["chosen"])):
            continue
        making.cancel(file)
        # Asked again: it may have become ready just before it was to stop.
        for over in OfficeFile.objects.filter(pk=file.pk).exclude(state=FileState.MAKING):
            remove(over)


def _make(asked: Mapping[str, Any], by: User, tell: Tell, into: IO[bytes]) -> None:
    request = PersonRequest.objects.filter(pk=asked["request"], erased_at=None).first()
    if request is None:
        raise NotMade("Yêu cầu này không còn.")
    answering.write_copy(request, [tuple(one) for one in asked["chosen"]], by, into, tell)


COPY = FileKind("person_copy", "privacy.change_personrequest", "mục", 100, _make)
