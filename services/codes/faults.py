"""Reasons why a text names no product."""

from __future__ import annotations

from enum import StrEnum


class Fault(StrEnum):
    """Why a text names no product."""

    WRONG_CHECK_DIGIT = "wrong_check_digit"
    WRONG_LENGTH = "wrong_length"
    CONTRADICTION = "contradiction"
    BAD_GS1 = "bad_gs1"
    BAD_LINK = "bad_link"
    NOT_A_PRODUCT_CODE = "not_a_product_code"


class CodeError(ValueError):
    """A text that cannot be read as what it claims to be. `fault` says why, `ai` which identifier is at fault."""

    def __init__(self, fault: Fault, detail: str, ai: str | None = None) -> None:
        super().__init__(detail)
        self.fault = fault
        self.ai = ai
