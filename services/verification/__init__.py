"""The verdict: a pure function of what the pack shows, what the copy of the register says, and the day.

No verdict says "genuine": a copied code still names the genuine product. A verdict says what was checked, against what,
and as of when. An old or partial copy never leads to a verdict that a newer one could take back: that a product is not
registered, that a certificate has lapsed, that a label shows too many stars. A withdrawal is a dated fact, and is told
from any copy from its day on. docs/verdicts.md has the table of cases, and a test holds this package to it.
"""

from services.verification.registered import STATUS_OF
from services.verification.verdict import (
    CURRENT,
    FRESH,
    Finding,
    Pack,
    Reason,
    ReasonCode,
    RegisterCopy,
    Status,
    Verdict,
)
from services.verification.verify import verify

__all__ = [
    "CURRENT",
    "FRESH",
    "STATUS_OF",
    "Finding",
    "Pack",
    "Reason",
    "ReasonCode",
    "RegisterCopy",
    "Status",
    "Verdict",
    "verify",
]
