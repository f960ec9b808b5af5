"""What every page of the back office shows around its content."""

from __future__ import annotations

from typing import Any

from django import template

from backoffice.help_lines import help_of

register = template.Library()


@register.simple_tag(takes_context=True)
def page_help(context: template.Context) -> str:
    """The one line of help of the page: `help` of its view, else what `backoffice.help_lines` says of its address."""
    told: Any = context.get("help")
    match = context["request"].resolver_match
    if told or match is None:
        return str(told or "")
    return help_of(match.url_name or "", may_change=context.get("has_change_permission") is not False)
