"""The kind: RECORD in schema 1 with a text of its own; chained; from accounts alone."""

from typing import Literal

from pydantic import Field

from records.kinds import Kind
from records.wire import Record
from tests.support.made_up.models import MadeUp, MadeUpFile


class MadeUpForm(Record):
    """What it says."""

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
