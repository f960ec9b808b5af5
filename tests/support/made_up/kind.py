"""The made-up kind: RECORD in schema 1 with a text; chained; from accounts only."""

from typing import Literal

from pydantic import Field

from records.kinds import Kind
from records.wire import Record
from tests.support.made_up.models import MadeUp, MadeUpFile


class MadeUpForm(Record):
    """The form of a made-up record."""

    schema_: Literal[1] = Field(alias="schema")
    kind: Literal["made_up"]
    text: str = Field(max_length=5000)


MADE_UP = Kind(
    name="made_up",
    forms={1: MadeUpForm},
    records_model=MadeUp,
    files_model=MadeUpFile,
    from_nobody=False,
    chained=True,
)
