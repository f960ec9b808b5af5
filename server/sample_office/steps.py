"""What happens in the sample office, one thing after another. Pure data, which `writing` carries out."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from register.certificates import CertificateState, Standing, standing_on
from sample_office.people import SamplePerson

Body = dict[str, Any]


@dataclass(frozen=True)
class Ware:
    """A product as the register has it: its certificates as (first day, last day, withdrawn on), the newest first.

    `pack` and `label` are the texts that its pictures are drawn from; None where there is no such picture.
    """

    gtin: str
    name: str
    producer: str
    stars: int
    certificates: tuple[tuple[date, date, date | None], ...]
    pack: str | None
    label: str | None

    def status_on(self, day: date) -> str:
        """The app's verdict on a day, by the certificates alone."""
        standings = [standing_on(day, *certificate) for certificate in self.certificates]
        begun = [one for one in standings if one.state is not CertificateState.NOT_YET]
        return _VERDICTS[(begun or [Standing(CertificateState.NOT_YET)])[0].state, bool(begun and begun[0].ends_soon)]


_VERDICTS = {
    (CertificateState.IN_FORCE, False): "certified",
    (CertificateState.IN_FORCE, True): "certificate_expires_soon",
    (CertificateState.ENDED, False): "certificate_expired",
    (CertificateState.WITHDRAWN, False): "withdrawn",
    (CertificateState.NOT_YET, False): "not_certified",
}


@dataclass(frozen=True)
class Photographed:
    """A photo: what it shows, and the picture of the register that stands in it. `turn` tells photos apart."""

    shows: str
    drawn_from: str
    turn: int


@dataclass(frozen=True)
class Sent:
    """Somebody's device sends a record, made at `made_at`; `by` is None for a citizen, whose device is `device`.

    `named` are the names of the inspections that a round holds; `answers` is the record that an answer is about.
    """

    at: datetime
    kind: str
    name: str
    by: SamplePerson | None
    device: str
    made_at: datetime
    body: Body
    photos: tuple[Photographed, ...] = ()
    named: tuple[str, ...] = ()
    answers: tuple[str, str] | None = None
    signers: tuple[tuple[str, str, str | None], ...] = ()


@dataclass(frozen=True)
class Told:
    """The office tells the sender of a record something."""

    at: datetime
    kind: str
    name: str
    state: str
    by: SamplePerson
    text: str = ""
    number: str = ""


@dataclass(frozen=True)
class Assigned:
    """Somebody of the office takes a case, or is given it."""

    at: datetime
    kind: str
    name: str
    to: SamplePerson
    by: SamplePerson


@dataclass(frozen=True)
class Remarked:
    """Somebody of the office says something to colleagues."""

    at: datetime
    kind: str
    name: str
    by: SamplePerson
    text: str


@dataclass(frozen=True)
class Judged:
    """The office decides on a serial number that is suspected."""

    at: datetime
    gtin: str
    serial: str
    decision: str
    reason: str


Step = Sent | Told | Assigned | Remarked | Judged


@dataclass
class Timeline:
    """The steps, in the order in which they are added."""

    steps: list[Step] = field(default_factory=list)

    def in_order(self) -> list[Step]:
        """All steps by their time. A device sends its records in the order in which they were made."""
        return sorted([*self._sent(), *(step for step in self.steps if not isinstance(step, Sent))], key=_when)

    def _sent(self) -> list[Step]:
        last: dict[str, datetime] = {}
        found: list[Step] = []
        for step in sorted((step for step in self.steps if isinstance(step, Sent)), key=lambda step: step.made_at):
            last[step.device] = max(step.at, last.get(step.device, step.at) + timedelta(seconds=1))
            found.append(replace(step, at=last[step.device]))
        return found


def _when(step: Step) -> datetime:
    return step.at
