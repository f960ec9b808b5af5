"""Exports the register as a spreadsheet."""

from import_export.fields import Field
from import_export.resources import ModelResource
from import_export.widgets import DateWidget

from register.models import Certificate, Product

_DAY = DateWidget("%d/%m/%Y")


class ProductSheet(ModelResource):
    """One row a product, with its place by date and the newest certificate."""

    gtin = Field(attribute="gtin", column_name="GTIN")
    name = Field(attribute="name", column_name="Tên sản phẩm")
    group = Field(attribute="get_group_display", column_name="Nhóm")
    producer = Field(attribute="producer__name", column_name="Chủ thể")
    place = Field(attribute="place", column_name="Nơi sản xuất")
    commune = Field(attribute="commune", column_name="Xã, phường, đặc khu")
    commune_since = Field(attribute="commune__valid_from", column_name="Xã, phường, đặc khu: từ ngày", widget=_DAY)
    former_unit = Field(attribute="former_unit", column_name="Đơn vị cấp huyện cũ")
    former_unit_until = Field(
        attribute="former_unit__valid_to", column_name="Đơn vị cấp huyện cũ: đến hết ngày", widget=_DAY
    )
    stars = Field(column_name="Số sao")
    valid_to = Field(column_name="Hiệu lực đến hết ngày")
    withdrawn_on = Field(column_name="Thu hồi từ ngày")
    withdrawn_reason = Field(column_name="Lý do thu hồi")

    class Meta:
        model = Product
        fields = (
            "gtin", "name", "group", "producer", "place", "commune", "commune_since", "former_unit",
            "former_unit_until", "stars", "valid_to", "withdrawn_on", "withdrawn_reason",
        )  # fmt: skip

    def dehydrate_stars(self, product: Product) -> int | None:
        """Stars of the newest certificate."""
        newest = _newest(product)
        return newest.stars if newest else None

    def dehydrate_valid_to(self, product: Product) -> str:
        """Last valid day of the newest certificate."""
        newest = _newest(product)
        return str(_DAY.render(newest.valid_to if newest else None))

    def dehydrate_withdrawn_on(self, product: Product) -> str:
        """The day from which the newest certificate is withdrawn."""
        newest = _newest(product)
        return str(_DAY.render(newest.withdrawn_on if newest else None))

    def dehydrate_withdrawn_reason(self, product: Product) -> str:
        """Why the newest certificate is withdrawn."""
        newest = _newest(product)
        return newest.withdrawn_reason if newest else ""


def _newest(product: Product) -> Certificate | None:
    return product.certificates.first()
