"""The register as a spreadsheet."""

from import_export.fields import Field
from import_export.resources import ModelResource

from register.models import Product


class ProductSheet(ModelResource):
    """One row a product, with the newest certificate."""

    gtin = Field(attribute="gtin", column_name="GTIN")
    name = Field(attribute="name", column_name="Tên sản phẩm")
    group = Field(attribute="get_group_display", column_name="Nhóm")
    producer = Field(attribute="producer__name", column_name="Chủ thể")
    commune = Field(attribute="commune__name", column_name="Xã, phường, đặc khu")
    stars = Field(column_name="Số sao")
    valid_to = Field(column_name="Hiệu lực đến hết ngày")

    class Meta:
        model = Product
        fields = ("gtin", "name", "group", "producer", "commune", "stars", "valid_to")

    def dehydrate_stars(self, product: Product) -> int | None:
        """Stars of the newest certificate."""
        newest = product.certificates.first()
        return newest.stars if newest else None

    def dehydrate_valid_to(self, product: Product) -> str:
        """Its last valid day."""
        newest = product.certificates.first()
        return newest.valid_to.isoformat() if newest else ""
