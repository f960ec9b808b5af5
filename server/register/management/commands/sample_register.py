"""Fill the register with sample data."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.contrib.auth.hashers import make_password
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from accounts.models import User
from register import days, sample
from register.clock import lock_clock
from register.description import Register, record_register
from register.models import Certificate, Locality, PackCode, Picture, Producer, Product, Shop, record_products
from register.sample_names import WITHDRAWN_REASONS
from register.sample_pictures import SIZES

BATCH = 2000


class Command(BaseCommand):
    help = "Fills an empty register with sample products, producers, certificates and accounts."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--seed", type=int, default=sample.SEED)
        parser.add_argument("--today", type=date.fromisoformat, default=None, help="YYYY-MM-DD; today in Vietnam")
        parser.add_argument("--products", type=int, default=393)
        parser.add_argument("--producers", type=int, default=218)
        parser.add_argument(
            "--if-empty",
            action="store_true",
            help="where there are products already, only complete an earlier version's sample",
        )

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        """Write the whole sample in one transaction."""
        with transaction.atomic():
            lock_clock()
            filled = Product.objects.exists()
            if filled and not options["if_empty"]:
                raise CommandError("There are products already; sample data would mix with them.")
            if filled and not _incomplete():
                return  # as at every later start, which then does not wait for the sample to be made up
            try:
                built = sample.build(
                    options["seed"], options["today"] or days.today(), options["products"], options["producers"]
                )
            except ValueError as error:
                raise CommandError(str(error)) from error
            if filled:
                complete(built)
                return
            write(built)
        self.stdout.write(f"{len(built.products)} products, {len(built.producers)} producers")


def write(built: sample.SampleRegister) -> None:
    """Write `built` into an empty register, within the caller's transaction."""
    Register.objects.update(name=built.name, sample=True, domains="\n".join(sample.DOMAINS))
    record_register()
    localities = {locality.code: locality for locality in Locality.objects.all()}
    makers = [
        Producer(
            name=made.name,
            address=made.address,
            phone=made.phone or "",
            story=made.tells.story or "",
            story_en=made.tells.story_en or "",
            site=made.tells.site or "",
        )
        for made in built.producers
    ]
    numbers = [made.number for made in built.producers]
    producers = dict(zip(numbers, Producer.objects.bulk_create(makers, BATCH), strict=True))
    Shop.objects.bulk_create(_shops([(made, producers[made.number]) for made in built.producers]), BATCH)
    products = Product.objects.bulk_create(
        [
            Product(
                gtin=made.gtin,
                name=made.name,
                group=made.group,
                producer=producers[made.producer.number],
                place=made.place,
                former_unit=localities[made.former_unit],
                commune=localities[made.commune],
            )
            for made in built.products
        ],
        BATCH,
    )
    rows = list(zip(built.products, products, strict=True))
    Certificate.objects.bulk_create(
        [
            Certificate(
                product=row,
                number=certificate.number,
                stars=certificate.stars,
                decision=certificate.decision,
                issuer=certificate.issuer,
                valid_from=certificate.valid_from,
                valid_to=certificate.valid_to,
                withdrawn_on=certificate.withdrawn_on,
                withdrawn_reason=certificate.withdrawn_reason or "",
                withdrawn_reason_en=certificate.withdrawn_reason_en or "",
            )
            for made, row in rows
            for certificate in made.certificates
        ],
        BATCH,
    )
    PackCode.objects.bulk_create(
        [PackCode(product=row, kind=code.kind, value=code.value) for made, row in rows for code in made.codes], BATCH
    )
    Picture.objects.bulk_create(_pictures(rows), BATCH)
    record_products(row.gtin for row in products)
    for account in built.accounts:
        if not User.objects.filter(username=account.username).exists():
            User(
                username=account.username,
                name=account.name,
                role=account.role,
                password=make_password(account.password),
            ).save()


def _incomplete() -> bool:
    """Whether this may be an earlier version's sample register: there is no picture in it, and there never was."""
    sampled = Register.objects.filter(sample=True).exists()
    return sampled and not Picture.objects.exists() and not Picture.history.exists()


def complete(built: sample.SampleRegister) -> None:
    """Give an earlier version's sample register the pictures and stories of today's, within the caller's transaction.

    Whoever tries the product with a register that they have keeps it. What somebody has changed in it since stays as it
    is, and a register in which there is or was a picture is left alone.
    """
    if not _incomplete():
        return
    there = {row.gtin: row for row in Product.objects.select_related("producer").prefetch_related("certificates")}
    rows = [(made, there[made.gtin]) for made in built.products if made.gtin in there and _is(made, there[made.gtin])]
    if len(rows) < len(built.products) / 2:  # another sample, of which some products are the same by chance
        return
    Picture.objects.bulk_create(_pictures(rows), BATCH)
    makers = {row.producer_id: (made.producer, row.producer) for made, row in rows}
    silent = [
        (made, maker)
        for made, maker in makers.values()
        if not (maker.story or maker.story_en or maker.site or maker.shops.exists())
    ]
    for made, maker in silent:
        maker.story, maker.story_en = made.tells.story or "", made.tells.story_en or ""
        maker.site = made.tells.site or ""
    Producer.objects.bulk_update([maker for _, maker in silent], ["story", "story_en", "site"], BATCH)
    Shop.objects.bulk_create(_shops(silent), BATCH)
    for reason, english in WITHDRAWN_REASONS:
        untold = Certificate.objects.filter(product__in=[row.pk for _, row in rows], withdrawn_reason_en="")
        untold.filter(withdrawn_reason=reason).update(withdrawn_reason_en=english)
    record_products(Product.objects.filter(producer__in=makers).values_list("gtin", flat=True))


def _is(made: sample.SampleProduct, row: Product) -> bool:
    """Whether a product is still as the sample made it, in all that its label tells."""
    newest = max(row.certificates.all(), key=lambda one: one.valid_from, default=None)
    stars = newest.stars if newest else 0
    told = (row.name, row.producer.name, row.producer.address, stars)
    return told == (made.name, made.producer.name, made.producer.address, made.certificates[0].stars)


def _pictures(rows: Iterable[tuple[sample.SampleProduct, Product]]) -> list[Picture]:
    """The rows of products' pictures. The hash of what is drawn is enough: they are drawn when they are asked for."""
    return [
        Picture(
            product=row,
            sha256=picture.sha256,
            shows=picture.shows,
            width=SIZES[picture.shows][0],
            height=SIZES[picture.shows][1],
            position=position,
            drawn_from=picture.drawn_from,
        )
        for made, row in rows
        for position, picture in enumerate(made.pictures, start=1)
    ]


def _shops(makers: Iterable[tuple[sample.SampleProducer, Producer]]) -> list[Shop]:
    """The rows of producers' shops."""
    return [
        Shop(producer=row, name=shop.name, address=shop.address or "", url=shop.url or "", position=position)
        for made, row in makers
        for position, shop in enumerate(made.tells.shops, start=1)
    ]
