"""Fill the register with sample data."""

from __future__ import annotations

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
        parser.add_argument("--if-empty", action="store_true", help="do nothing where there are products already")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        """Write the whole sample in one transaction."""
        try:
            built = sample.build(
                options["seed"], options["today"] or days.today(), options["products"], options["producers"]
            )
        except ValueError as error:
            raise CommandError(str(error)) from error
        with transaction.atomic():
            lock_clock()
            if Product.objects.exists():
                if options["if_empty"]:
                    return
                raise CommandError("There are products already; sample data would mix with them.")
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
    Shop.objects.bulk_create(
        [
            Shop(
                producer=producers[made.number],
                name=shop.name,
                address=shop.address or "",
                url=shop.url or "",
                position=position,
            )
            for made in built.producers
            for position, shop in enumerate(made.tells.shops, start=1)
        ],
        BATCH,
    )
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
    # The hash of what is drawn is enough here: the pictures are drawn when they are first asked for.
    Picture.objects.bulk_create(
        [
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
        ],
        BATCH,
    )
    record_products(row.gtin for row in products)
    for account in built.accounts:
        if not User.objects.filter(username=account.username).exists():
            User(
                username=account.username,
                name=account.name,
                role=account.role,
                password=make_password(account.password),
            ).save()
