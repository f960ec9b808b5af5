"""Exports the register as a spreadsheet."""

from import_export.fields import Field
from import_export.resources import ModelResource

from register.models import Product


class ProductSheet(ModelResource):
    """One row a product, with its place by date and the newest certificate."""

    gtin = Field(attribute="gtin", column_name="GTIN")
    name = Field(attribute="name", column_name="Tên sản phẩm")
    group = Field(attribute="get_group_display", column_name="Nhóm")
    producer = Field(attribute="producer__name", column_name="Chủ thể")
    place = Field(attribute="place", column_name="Nơi sản xuất")
    commune = Field(attribute="commune", column_name="Xã, phường, đặc khu")
    commune_since = Field(attribute="commune__valid_from", column_name="Xã, phường, đặc khu: từ ngày")
    former_unit = Field(attribute="former_unit", column_name="Đơn vị cấp huyện cũ")
    former_unit_until = Field(attribute="former_unit__valid_to", column_name="Đơn vị cấp huyện cũ: đến hết ngày")
    stars = Field(column_name="Số sao")
    valid_to = Field(column_name="Hiệu lực đến hết ngày")

    class Meta:
        model = Product
        fields = (
            "gtin", "name", "group", "producer", "place", "commune", "commune_since", "former_unit",
            "former_unit_until", "stars", "valid_to",
        )  # fmt: skip

    def dehydrate_stars(self, product: Product) -> int | None:
        """Stars of the newest certificate."""
        newest = product.certificates.first()
        return newest.stars if newest else None

    def dehydrate_valid_to(self, product: Product) -> str:
        """Last valid day of the newest certificate."""
        newest = product.certificates.first()
        return newest.valid_to.isoformat() if newest else ""
