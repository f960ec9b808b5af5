"""The verdict: a pure function of what the pack shows, what the copy of the register says, and the day.

The word "genuine" is not among the verdicts: a copied code still names the genuine product. A verdict says what was
checked, against what, and as of when. What a newer copy could take back is not said from an old or partial one: that
a product is not registered, that a certificate has lapsed, that a label shows too many stars. A withdrawal is a dated
fact: from its day on it is said from any copy. docs/verdicts.md is the table of cases, to which a test holds this
package.
"""

from services.verification.registered import STATUS_OF
from services.verification.verdict import (
    CURRENT,
    FRESH,
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
    "Pack",
    "Reason",
    "ReasonCode",
    "RegisterCopy",
    "Status",
    "Verdict",
    "verify",
]
