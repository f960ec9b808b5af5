"""The register in the back office."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.html import format_html
from django.utils.safestring import SafeString
from import_export.admin import ExportMixin
from unfold.admin import ModelAdmin, TabularInline

from backoffice.alike_producers import AlikeFilter, alike_column
from backoffice.due_filter import DueFilter, ProducerFilter, SeenFilter, StarsFilter
from backoffice.editing import Edited, MergedForm
from backoffice.file_pages import hand_over
from backoffice.folded_search import FoldedSearch
from backoffice.history import HistoryAdmin
from backoffice.labels import LABELS, MOST
from backoffice.large_lists import LargeList
from backoffice.picture_input import PictureInline, take_uploads
from backoffice.place_filters import CertaintyFilter, CommuneFilter, ExistsTodayFilter, FormerUnitFilter, certainty_of
from backoffice.product_columns import LISTED, ProductColumns
from backoffice.product_export import EXPORTED, ExportForm, export_of
from backoffice.removal import AsksTwice
from backoffice.renewals_page import MOST as MOST_RENEWED
from backoffice.renewals_page import renewals_of
from issuing.models import SignedStatement
from issuing.statements import public_url
from office_files.kinds import NotMade
from overview.addresses import listed
from register.description import Register
from register.models import MOST_SHOPS, Certificate, Locality, PackCode, Picture, Producer, Product, Shop
from register.places import lying_in, units_named
from register.spreadsheets import ProductSheet


class CertificateForm(MergedForm):
    """A certificate. Where a withdrawal is written, it has a day and a reason."""

    def clean(self) -> dict[str, Any]:
        """Refuse a withdrawal without a reason, and a reason without its day; a row left as it was may stay so.

        A last day before the first is told in words here: the database would name its constraint.
        """
        cleaned = super().clean()
        first, last = (cleaned.get(n, getattr(self.instance, n)) for n in ("valid_from", "valid_to"))
        if first and last and last < first and not {"valid_from", "valid_to"} & self.errors.keys():
            self.add_error("valid_to", "Ngày cuối phải từ ngày bắt đầu có giá trị trở đi.")
        if self.has_changed():
            names = ("withdrawn_on", "withdrawn_reason", "withdrawn_reason_en")
            day, reason, reason_en = (cleaned.get(n, getattr(self.instance, n)) for n in names)
            if day and not reason:
                self.add_error("withdrawn_reason", "Hãy ghi lý do thu hồi. Ai xem giấy chứng nhận cũng thấy lý do này.")
            elif (reason or reason_en) and not day and "withdrawn_on" not in self.errors:
                self.add_error("withdrawn_on", "Hãy ghi ngày thu hồi, hoặc xóa lý do.")
        return cleaned


class CertificateInline(Edited, TabularInline):
    model = Certificate
    form = CertificateForm
    extra = 0
    fields = (
        "number", "stars", "decision", "issuer", "valid_from", "valid_to", "withdrawn_on", "withdrawn_reason",
        "withdrawn_reason_en",
    )  # fmt: skip


class PackCodeInline(Edited, TabularInline):
    model = PackCode
    extra = 0


@admin.register(Product)
class ProductAdmin(ProductColumns, FoldedSearch, LargeList, AsksTwice, Edited, ExportMixin, HistoryAdmin, ModelAdmin):
    resource_classes = (ProductSheet,)
    export_form_class = ExportForm
    export_formats = EXPORTED
    history_parts = ((Certificate, "product_id"), (PackCode, "product_id"), (Picture, "product_id"))
    list_display_links = ("named",)
    list_filter = (
        DueFilter, StarsFilter, "group", ProducerFilter, FormerUnitFilter, CommuneFilter, CertaintyFilter, SeenFilter,
    )  # fmt: skip
    list_select_related = ("producer", "commune", "former_unit")
    search_fields = (
        "search__contains",
        "producer__search__contains",
        "certificates__search__contains",
        "packcodes__search__contains",
    )
    autocomplete_fields = ("producer",)
    inlines = (CertificateInline, PictureInline, PackCodeInline)
    actions = ("print_labels", "renew_by_decision")

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponseBase:
        """Take pictures before the register is locked to save the form."""
        if request.method == "POST" and (self.has_change_permission(request) or self.has_add_permission(request)):
            take_uploads(request)
        answer: HttpResponseBase = super().changeform_view(request, object_id, form_url, extra_context)
        return answer

    @admin.action(description="Cấp lại theo một quyết định", permissions=["change"])
    def renew_by_decision(self, request: HttpRequest, queryset: QuerySet[Product]) -> HttpResponse:
        """Hand the chosen products to the form that renews many certificates."""
        return renewals_of(request, queryset.order_by().values_list("pk", flat=True)[: MOST_RENEWED + 1])

    @admin.action(description="In tờ nhãn (PDF)", permissions=["view"])
    def print_labels(self, request: HttpRequest, queryset: QuerySet[Product]) -> HttpResponse | None:
        """Print a sheet of labels to try the app with; their codes are about an imaginary pack."""
        if queryset.count() > MOST:
            self.message_user(
                request, f"Mỗi lần chỉ in được {MOST} nhãn. Hãy chọn ít sản phẩm hơn.", level=messages.ERROR
            )
            return None
        chosen = list(queryset.values_list("pk", flat=True))
        asked = {"products": chosen, "register": public_url(request)}
        try:
            return hand_over(
                request, LABELS, f"Tờ nhãn của {len(chosen)} sản phẩm", "nhan-ocop.pdf", asked, len(chosen)
            )
        except NotMade as told:
            self.message_user(request, str(told), level=messages.ERROR)
            return None

    def _do_file_export(
        self, file_format: Any, request: HttpRequest, queryset: QuerySet[Product], export_form: Any = None
    ) -> HttpResponse:
        """Give a short list at once, and lead to the page of a long one."""
        fields = export_form.get_selected_resource_export_fields() if export_form else None
        return export_of(request, file_format, queryset, fields)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:  # noqa: ARG002
        # Another GTIN is another product: delete this one and enter that.
        return ("gtin",) if obj else ()

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Product], search_term: str
    ) -> tuple[QuerySet[Product], bool]:
        """Find also by the names of places, old and new: "tien yen" finds what lies or may lie in any Tiên Yên."""
        found, doubled = super().get_search_results(request, queryset, search_term)
        units, rest = units_named(search_term)
        if not units:
            return found, doubled
        there = [pk for unit in units for pk in lying_in(Product.objects.all(), unit).values_list("pk", flat=True)]
        by_place, _ = super().get_search_results(request, queryset.filter(pk__in=there), rest)
        either = Q(pk__in=found.values("pk")) | Q(pk__in=by_place.values("pk"))
        return queryset.filter(either), False

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[Any], dict[str, int], set[str], list[Any]]:
        """What goes with products: their statements too, which nobody may delete by themselves."""
        objects, counts, not_allowed, protected = super().get_deleted_objects(objs, request)
        return objects, counts, not_allowed - {str(SignedStatement._meta.verbose_name)}, protected

    def get_list_display(self, request: HttpRequest) -> tuple[str, ...]:
        """How certain a place is stands there where one is chosen."""
        is_by_place = any(request.GET.get(one.parameter_name) for one in (FormerUnitFilter, CommuneFilter))
        acts = ("acts",) if request.user.has_perm("register.change_certificate") else ()
        return (*LISTED, *(("lies",) if is_by_place else ()), *acts)

    @admin.display(description="ở nơi đã chọn")
    def lies(self, product: Product) -> str:
        """How certain it is that the product lies in the chosen place."""
        return certainty_of(product)


@admin.register(Register)
class RegisterAdmin(Edited, ModelAdmin):
    list_display = ("name", "sample")

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002
        """Refuse: there is exactly one row."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        """Refuse: the row stays."""
        return False


class ProducerForm(MergedForm):
    """A producer with its story."""

    def clean(self) -> dict[str, Any]:
        """Keep line feeds as devices show them: browsers send each as two characters."""
        cleaned = super().clean()
        return cleaned | {n: cleaned[n].replace("\r\n", "\n") for n in ("story", "story_en") if n in cleaned}


class ShopInline(Edited, TabularInline):
    model = Shop
    extra = 0
    max_num = MOST_SHOPS
    fields = ("name", "address", "url", "position")

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """Refuse more shops than devices take."""
        return super().get_formset(request, obj, validate_max=True, **kwargs)


@admin.register(Producer)
class ProducerAdmin(FoldedSearch, LargeList, AsksTwice, Edited, HistoryAdmin, ModelAdmin):
    form = ProducerForm
    list_filter = (AlikeFilter,)
    search_fields = ("search__contains", "tax_code__contains")
    inlines = (ShopInline,)
    history_parts = ((Shop, "producer_id"),)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Producer]:
        """With how many products each has."""
        found: QuerySet[Producer] = super().get_queryset(request)
        of_each = Product.objects.filter(producer=OuterRef("pk")).order_by().values("producer")
        return found.annotate(product_count=Subquery(of_each.annotate(n=Count("pk")).values("n")))

    class Media:
        css = {"all": ("backoffice/lists.css",)}  # noqa: RUF012 - Django's form

    def get_list_display(self, request: HttpRequest) -> tuple[Any, ...]:
        """With those that are likely the same, worked out once for the page."""
        return ("name", "address", "phone", "tax_code", "products_of", alike_column(request))

    @admin.display(description="sản phẩm")
    def products_of(self, producer: Any) -> SafeString | str:
        """How many products, with their list behind the number."""
        if not producer.product_count:
            return "0"
        return format_html(
            '<a href="{}">{}</a>', listed("register_product", producer=producer.pk), producer.product_count
        )


@admin.register(Locality)
class LocalityAdmin(FoldedSearch, AsksTwice, Edited, ModelAdmin):
    list_display = ("name", "kind", "level", "code", "valid_from", "valid_to", "land")
    list_filter = ("level", "kind", ExistsTodayFilter)
    search_fields = ("search__contains",)
    filter_horizontal = ("former_units",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Locality]:
        """With the units that share land."""
        units: QuerySet[Locality] = super().get_queryset(request)
        return units.prefetch_related("former_units", "communes")

    @admin.display(description="đất thuộc")
    def land(self, unit: Locality) -> str:
        """Which former units a commune's land was in, or which communes a former unit's land went to."""
        return ", ".join(str(other) for other in [*unit.former_units.all(), *unit.communes.all()])
