"""Text of a symbol to what it says: GTINs, GS1 element strings, GS1 Digital Links, trace links."""

from services.codes.gtin import check_digit, has_valid_check_digit, to_gtin14
from services.codes.product_code import Code, Fault, ProductCode, TraceLink, Unrecognised, parse

__all__ = [
    "Code",
    "Fault",
    "ProductCode",
    "TraceLink",
    "Unrecognised",
    "check_digit",
    "has_valid_check_digit",
    "parse",
    "to_gtin14",
]
