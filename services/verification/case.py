"""One case: a code, what the register's copy holds for it, what else the pack shows, and what day it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from services.codes import ProductCode, TraceLink
from services.register.certificates import Today, Worth, believed_today, worth
from services.register.products import Product
from services.register.statements import Statement
from services.verification.verdict import CURRENT, FRESH, Finding, Pack, Reason, ReasonCode, RegisterCopy

NOTHING = Finding(None, ())


@dataclass(frozen=True)
class Case:
    """Everything that a check may look at.

    `worth` is what the product's certificates are worth today; `age` is the copy's.
    """

    code: ProductCode | TraceLink
    product: Product | None
    copy: RegisterCopy
    pack: Pack
    today: Today
    worth: Worth
    age: timedelta

    @classmethod
    def of(
        cls, code: ProductCode | TraceLink, product: Product | None, copy: RegisterCopy, now: datetime, pack: Pack
    ) -> Case:
        """Gather a case; `now` is an aware time by the best clock there is."""
        statement = _good(pack)
        today = believed_today(now, copy.as_of, statement.issued_at if statement else None)
        return cls(
            code=code,
            product=product,
            copy=copy,
            pack=pack,
            today=today,
            worth=worth(product.certificates if product else (), today.day),
            age=today.moment - copy.as_of if copy.as_of else timedelta.max,
        )

    @property
    def gtin(self) -> str | None:
        """The GTIN that the code carries or that the register gives it."""
        if isinstance(self.code, ProductCode):
            return self.code.gtin
        return self.product.gtin if self.product else None

    @property
    def statement(self) -> Statement | None:
        """The signed statement, or None where its signature is not good."""
        return _good(self.pack)

    @property
    def current(self) -> bool:
        """Whether the copy is good enough to tell that something is not in the register."""
        return self.copy.complete and self.age <= CURRENT and not self.today.clock_behind

    @property
    def doubts(self) -> tuple[Reason, ...]:
        """The reasons why the copy is not good enough to tell that something has lapsed."""
        if self.copy.as_of is None:
            return (Reason(ReasonCode.NO_COPY),)
        reasons = []
        if self.today.clock_behind:
            reasons.append(Reason(ReasonCode.CLOCK_BEHIND))
        if self.age > FRESH:
            reasons.append(Reason(ReasonCode.COPY_OLD, (("days", self.age.days),)))
        if not self.copy.complete:
            reasons.append(Reason(ReasonCode.COPY_INCOMPLETE))
        return tuple(reasons)


def _good(pack: Pack) -> Statement | None:
    checked = pack.statement
    return checked.statement if checked and checked.fault is None else None
