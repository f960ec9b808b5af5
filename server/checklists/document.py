"""Reads the document of checklists (docs/api.md, CHECKLIST), whole or not at all.

Further members are left in the document, for apps that know them. All parts belong together: half a checklist would
pass for a whole one.
"""

from __future__ import annotations

import json
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import BaseModel, Field, ValidationError, model_validator

from records.wire import Day

MOST_BYTES = 1024 * 1024
_MOST = 2000  # laws, sources, groups, lists, or items

Id = Annotated[str, Field(min_length=1, max_length=80)]
"""As long as the answers of an inspection may name it."""
Name = Annotated[str, Field(min_length=1, max_length=1000, pattern=r"\S")]
Text = Annotated[str, Field(max_length=1000)]


class Refused(ValueError):
    """The document is not taken; the text says in English what does not fit, and where."""


class _Part(BaseModel):
    """A part with all members that are named here, each of exactly its type; others are not looked at."""

    model_config = {"strict": True}


class Law(_Part):
    """A version of the law: its first and its last day, both of which count."""

    id: Id
    name: Name
    valid_from: Day
    valid_to: Day | None

    @model_validator(mode="after")
    def _begins_before_it_ends(self) -> Self:
        if self.valid_to is not None and self.valid_to < self.valid_from:
            raise ValueError("the last day is before the first")
        return self


class Source(_Part):
    """Where an item stands."""

    name: Name


class Item(_Part):
    """What is looked at, where the law asks for it, and how sure that is."""

    id: Id
    text: Name
    text_en: Name
    citation: list[Id] = Field(min_length=1, max_length=_MOST)
    certainty: Literal["found", "assumed"]
    note: Text
    prefill: Id | None
    photo: Literal["on_fail", "always_on_fail", "always", "never"]
    reason: Literal["on_fail", "never"]
    optional: bool


class AnnexGroup(_Part):
    """A group of goods in the law's annex."""

    id: Id
    name: Name
    name_en: Name


class OcopGroup(_Part):
    """The annex groups that a product of one OCOP group may belong to."""

    ocop_group: Id
    annex_groups: list[AnnexGroup] = Field(min_length=1, max_length=_MOST)


class Listing(_Part):
    """The items that one law asks for in one annex group, in order."""

    group: Id
    law: Id
    label: Name
    chosen_by: Literal["inspection_day", "production_day"]
    items: list[Id] = Field(min_length=1, max_length=_MOST)


class Checklists(_Part):
    """One version of the checklists."""

    format: Literal[1]
    laws: list[Law] = Field(min_length=1, max_length=_MOST)
    sources: dict[Id, Source] = Field(max_length=_MOST)
    lists: list[Listing] = Field(min_length=1, max_length=_MOST)
    groups: list[OcopGroup] = Field(min_length=1, max_length=_MOST)
    items: list[Item] = Field(min_length=1, max_length=_MOST)

    @model_validator(mode="after")
    def _belongs_together(self) -> Self:
        laws, items = [law.id for law in self.laws], [item.id for item in self.items]
        annex = {group.id for ocop in self.groups for group in ocop.annex_groups}
        for what, ids in (
            ("law", laws),
            ("item", items),
            ("OCOP group", [ocop.ocop_group for ocop in self.groups]),
            ("list", [f"{each.group} {each.law}" for each in self.lists]),
            *((f"item of the list {each.group} {each.law}", each.items) for each in self.lists),
        ):
            if twice := next((one for n, one in enumerate(ids) if one in ids[:n]), None):
                raise ValueError(f"the {what} {twice} is there twice")
        for each in self.lists:
            unknown = [*({each.law} - {*laws}), *({each.group} - annex), *sorted({*each.items} - {*items})]
            if unknown:
                raise ValueError(f"the list {each.group} {each.law} names {unknown[0]}, which is not there")
        for item in self.items:
            if missing := sorted({*item.citation} - {*self.sources}):
                raise ValueError(f"the item {item.id} cites {missing[0]}, which is not there")
        return self

    @property
    def begins(self) -> date:
        """The first day of the earliest law."""
        return date.fromisoformat(min(law.valid_from for law in self.laws))

    def text_of(self, item: str) -> str:
        """The words of an item; its id where it is none of this version."""
        return next((each.text for each in self.items if each.id == item), item)


def read(content: bytes) -> Checklists:
    """Read a document. Raises Refused."""
    if len(content) > MOST_BYTES:
        raise Refused(f"it is over {MOST_BYTES} bytes")
    try:
        return Checklists.model_validate(json.loads(content.decode()))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise Refused(f"{where}: {first['msg']}" if where else first["msg"]) from None
    except (ValueError, RecursionError):
        raise Refused("it is no JSON in UTF-8") from None
