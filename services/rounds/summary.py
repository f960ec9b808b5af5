"""Sums a round up: what was looked at and found, and what is missing before it can be closed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from services.rounds.inspection import Found, Picture
from services.rounds.round import OpenRound, Role, Signature


@dataclass(frozen=True)
class Inspected:
    """An inspection as the summary sees it."""

    id: str
    found: Found
    pictures: tuple[Picture, ...]


@dataclass(frozen=True)
class Summary:
    """A round in numbers.

    `looked_at` counts products looked at without an inspection. `by_verdict` and `by_finding` count inspections, by a
    verdict's status ("" where no code was judged) and by Finding. `without_photo` and `unfinished` are the ids of
    inspections and drafts. `void` are the signatures after which something was changed. `without_signature` are the
    Roles that have neither signed nor refused: the inspector, the seller where somebody is present, each witness's.
    `room` is how many further inspections the round can name.
    """

    inspections: int
    looked_at: int
    by_verdict: Counter[str]
    by_finding: Counter[str]
    samples: int
    without_photo: tuple[str, ...]
    unfinished: tuple[str, ...]
    signed: tuple[Signature, ...]
    void: tuple[Signature, ...]
    without_signature: tuple[str, ...]
    room: int

    @property
    def missing(self) -> tuple[str, ...]:
        """What is missing, as codes: those before `without_signature` keep the round from being closed."""
        lacks = {
            "unfinished_inspections": self.unfinished,
            "signatures_void": self.void,
            "without_signature": self.without_signature,
            "without_photo": self.without_photo,
            "nothing_inspected": () if self.inspections else ("",),
        }
        return tuple(name for name, lacking in lacks.items() if lacking)


def summarise(
    said: OpenRound, inspections: Sequence[Inspected], unfinished: Sequence[str], *, content: str | None, room: int
) -> Summary:
    """Sum up a round; `content` is the hash of what it says now, None where no signature can hold."""
    holds = [signature for signature in said.signatures if signature.content == content]
    return Summary(
        inspections=len(inspections),
        looked_at=len(said.looked_at),
        by_verdict=Counter(each.found.verdict.status if each.found.verdict else "" for each in inspections),
        by_finding=Counter(finding for each in inspections for finding in each.found.findings),
        samples=sum(len(each.found.samples) for each in inspections),
        without_photo=tuple(each.id for each in inspections if not any(picture.sent for picture in each.pictures)),
        unfinished=tuple(unfinished),
        signed=tuple(holds),
        void=tuple(signature for signature in said.signatures if signature not in holds),
        without_signature=_unsigned(said, holds),
        room=room,
    )


def signers(said: OpenRound) -> tuple[str, ...]:
    """The Roles of those who are to sign, one for each person."""
    seller = [str(Role.SELLER)] if said.inspected and said.inspected.present else []
    witnesses = [str(Role.WITNESS) for person in said.people if person.role == Role.WITNESS]
    return (str(Role.INSPECTOR), *seller, *witnesses)


def _unsigned(said: OpenRound, holds: Sequence[Signature]) -> tuple[str, ...]:
    wanted = signers(said)
    have = Counter(signature.role for signature in holds)
    return tuple(role for role in dict.fromkeys(wanted) if have[role] < wanted.count(role))
