"""One case: a code, what the register's copy holds for it, what else the pack shows, and what day it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from services.codes import ProductCode, TraceLink
from services.register.products import Certificate, Product
from services.register.statements import Statement
from services.verification.verdict import CURRENT, FRESH, VIETNAM, Pack, Reason, ReasonCode, RegisterCopy, Status

_CLOCKS_DIFFER = timedelta(days=1)


@dataclass(frozen=True)
class Finding:
    """What one check says. Without a status it only adds its reasons."""

    status: Status | None
    reasons: tuple[Reason, ...]


NOTHING = Finding(None, ())


@dataclass(frozen=True)
class Case:
    """What every check may look at.

    `age` is the copy's; `clock_behind`: the device's clock stands before a time that is known to have passed, so nobody
    knows what day it is.
    """

    code: ProductCode | TraceLink
    product: Product | None
    copy: RegisterCopy
    pack: Pack
    today: date
    age: timedelta
    clock_behind: bool

    @classmethod
    def of(
        cls, code: ProductCode | TraceLink, product: Product | None, copy: RegisterCopy, now: datetime, pack: Pack
    ) -> Case:
        """`now` is an aware time, by the best clock there is."""
        statement = _good(pack)
        passed = [moment for moment in (copy.as_of, statement and statement.issued_at) if moment]
        believed = max([now, *passed])
        return cls(
            code=code,
            product=product,
            copy=copy,
            pack=pack,
            today=believed.astimezone(VIETNAM).date(),
            age=believed - copy.as_of if copy.as_of else timedelta.max,
            clock_behind=believed - now > _CLOCKS_DIFFER,
        )

    @property
    def gtin(self) -> str | None:
        """The GTIN that the code carries or that the register gives it."""
        if isinstance(self.code, ProductCode):
            return self.code.gtin
        return self.product.gtin if self.product else None

    @property
    def in_force(self) -> tuple[Certificate, ...]:
        """The product's certificates that are valid today."""
        certificates = self.product.certificates if self.product else ()
        return tuple(c for c in certificates if not c.withdrawn_on and c.valid_from <= self.today <= c.valid_to)

    @property
    def statement(self) -> Statement | None:
        """The signed statement, where the signature is good."""
        return _good(self.pack)

    @property
    def current(self) -> bool:
        """Whether the copy is good enough to say that something is not in the register."""
        return self.copy.complete and self.age <= CURRENT and not self.clock_behind

    @property
    def doubts(self) -> tuple[Reason, ...]:
        """Why the copy is not good enough to say that something has lapsed."""
        if self.copy.as_of is None:
            return (Reason(ReasonCode.NO_COPY),)
        reasons = []
        if self.clock_behind:
            reasons.append(Reason(ReasonCode.CLOCK_BEHIND))
        if self.age > FRESH:
            reasons.append(Reason(ReasonCode.COPY_OLD, (("days", self.age.days),)))
        if not self.copy.complete:
            reasons.append(Reason(ReasonCode.COPY_INCOMPLETE))
        return tuple(reasons)


def _good(pack: Pack) -> Statement | None:
    checked = pack.statement
    return checked.statement if checked and checked.fault is None else None
