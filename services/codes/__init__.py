"""Reads what the text of a symbol says: GTINs, GS1 element strings, GS1 Digital Links, trace links."""

from services.codes.faults import CodeError, Fault
from services.codes.gtin import check_digit, has_valid_check_digit, on_the_pack, to_gtin14
from services.codes.kinds import GtinKind
from services.codes.product_code import Code, ProductCode, TraceLink, Unrecognised, bare_digits, gs1_elements, parse

__all__ = [
    "Code",
    "CodeError",
    "Fault",
    "GtinKind",
    "ProductCode",
    "TraceLink",
    "Unrecognised",
    "bare_digits",
    "check_digit",
    "gs1_elements",
    "has_valid_check_digit",
    "on_the_pack",
    "parse",
    "to_gtin14",
]
