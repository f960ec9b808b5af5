"""`main.py labels`: makes a sheet of product labels from the register, to print or to show on a screen."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from commands.label_texts import LabelledPack, demonstration_pack, label_of
from printing.sheet import Label, cells, sheet
from printing.symbols import DoesNotFit
from services.client.answers import Refused
from services.client.registry import Registry
from services.client.transport import Unreachable
from services.codes import CodeError, to_gtin14
from services.register.catalogue import Catalogue
from services.register.certificates import believed_today
from services.register.products import Product
from services.storage.store import StoreError
from services.sync.passes import fetch

MOST = 1000
"""Labels on one sheet: 125 pages."""


class Unusable(Exception):
    """Nothing can be printed; the text says why, and what to do."""


def pack_of(lot: str | None, serial: str | None, expiry: date | None) -> LabelledPack:
    """The pack that the codes are about. Parts not given are the imaginary pack's; an empty text leaves one out."""
    demonstration = demonstration_pack(believed_today(datetime.now(UTC)).day)
    return LabelledPack(
        lot=(demonstration.lot if lot is None else lot) or None,
        serial=(demonstration.serial if serial is None else serial) or None,
        expiry=expiry or demonstration.expiry,
    )


def labels(
    gtins: Sequence[str],
    words: str | None,
    *,
    all_products: bool,
    pack: LabelledPack,
    server: str | None,
    data: Path,
    out: Path,
) -> int:
    """Write the sheet to `out`.

    Uses this device's copy of the register or, with `server`, the register there, without changing the copy. Returns 0,
    or 2 where something cannot be printed, which is told on standard error. A number that is no GTIN, or is not in the
    register, does not keep the others from being printed.
    """
    try:
        with tempfile.TemporaryDirectory() as scratch:
            catalogue = _fetched(server, Path(scratch)) if server else _copy(data)
            products, missing = _chosen(catalogue, gtins, words, all_products=all_products)
            made = _labels(products, pack, server or catalogue.copy.source)
            register = catalogue.register
        content = sheet(made, register=register.name, sample=register.sample)
        out.write_bytes(content)
    except (Unusable, StoreError, OSError) as error:
        print(f"ocop-verify: {error}", file=sys.stderr)
        return 2
    except (CodeError, DoesNotFit, ValueError) as error:
        print(f"ocop-verify: no code can say this: {error}", file=sys.stderr)
        return 2
    for reason in missing:
        print(f"ocop-verify: {reason}", file=sys.stderr)
    pages = max(page for page, _column, _row in cells(made)) + 1
    print(f"{out}: {len(made)} labels on {pages} pages, {sum(label.signed for label in made)} with a signed statement")
    return 2 if missing else 0


def _copy(data: Path) -> Catalogue:
    catalogue = Catalogue.open(data / "catalogue", read_only=True)
    if catalogue.copy.as_of is None:
        raise Unusable(
            "there is no copy of the register on this device yet; start the app where it reaches its server, or say "
            "which server to ask: labels --server https://..."
        )
    return catalogue


def _fetched(server: str, scratch: Path) -> Catalogue:
    catalogue, registry = Catalogue.open(scratch), Registry(server)
    try:
        problem = fetch(catalogue, registry).problem
    finally:
        registry.close()
    if problem:
        raise Unusable(f"{server} did not give its register ({problem}); without --server, this device's copy is used")
    return catalogue


def _chosen(
    catalogue: Catalogue, gtins: Sequence[str], words: str | None, *, all_products: bool
) -> tuple[list[Product], list[str]]:
    """The products asked for, each once, and why others are not among them."""
    if not (gtins or words or all_products):
        raise Unusable("say which products: GTINs, --search WORDS, or --all")
    found: dict[str, Product] = {}
    missing = []
    for digits in gtins:
        try:
            product = catalogue.product(to_gtin14(digits))
        except ValueError as error:
            missing.append(f"{digits} is no GTIN: {error}")
            continue
        if product is None:
            missing.append(f"{digits} is not in the register")
        else:
            found[product.gtin] = product
    if words or all_products:
        listed = catalogue.search("" if all_products else words or "", limit=MOST + 1)
        found |= {product.gtin: product for product in listed}
    if len(found) > MOST:
        raise Unusable(f"that is more than {MOST} labels; choose with GTINs or --search WORDS")
    if not found:
        raise Unusable("; ".join(missing) or "no such product is in the register")
    return list(found.values()), missing


def _labels(products: Sequence[Product], pack: LabelledPack, server: str | None) -> list[Label]:
    """Make labels, with the register's signed statements. Once it cannot be reached, it is not asked again."""
    if server is None:
        raise Unusable("it is not known at which address the register is: labels --server https://...")
    registry: Registry | None = Registry(server)
    made = []
    for product in products:
        statement = None
        if registry:
            try:
                statement = registry.statement(product.gtin)
            except Refused:
                pass  # there is no certificate in force, or the register signs nothing
            except Unreachable as error:
                print(f"ocop-verify: no signed statements from {server} ({error.reason})", file=sys.stderr)
                registry.close()
                registry = None
        made.append(label_of(product, pack, server, statement))
    if registry:
        registry.close()
    return made
