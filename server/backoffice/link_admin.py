"""The links to which the codes of products lead, beside their pages in the register."""

from __future__ import annotations

from django.contrib import admin
from unfold.admin import ModelAdmin

from backoffice.editing import Edited
from backoffice.folded_search import FoldedSearch
from backoffice.history import HistoryAdmin
from backoffice.large_lists import LargeList
from backoffice.removal import AsksTwice
from linking.models import ProductLink


@admin.register(ProductLink)
class ProductLinkAdmin(FoldedSearch, LargeList, AsksTwice, Edited, HistoryAdmin, ModelAdmin):
    list_display = ("product", "kind", "title", "language", "href")
    list_display_links = ("title",)
    list_filter = ("kind", "language")
    list_select_related = ("product",)
    search_fields = ("product__search__contains",)
    autocomplete_fields = ("product",)
    fields = ("product", "kind", "href", "title", "language", "media")
