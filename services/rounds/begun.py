"""What people have begun to change or to sign in an open round, and have not saved or given yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from services.rounds.round import OpenRound, Signature


@dataclass(frozen=True)
class HeadEdit:
    """A head that is being changed: `said` is the form as it stands, whole or not, `base` the round it began from."""

    base: OpenRound
    said: OpenRound


@dataclass(frozen=True)
class Begun:
    """What is begun in one round: a change of its head, and signatures that are being drawn, at most one of a role.

    Of these, `refused` is why there is none, as far as it is written.
    """

    edit: HeadEdit | None = None
    signatures: tuple[Signature, ...] = ()

    def without(self, role: str) -> Begun:
        """What is begun but the signature in a role."""
        return replace(self, signatures=tuple(each for each in self.signatures if each.role != role))

    def to_json(self) -> dict[str, Any]:
        """What is begun, as it is kept on the disk beside the round."""
        edit = self.edit
        return {
            "edit": {"base": edit.base.to_json(), "said": edit.said.to_json()} if edit else None,
            "signatures": [signature.to_json() for signature in self.signatures],
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Begun:
        """Read what `to_json` gave. Raises KeyError, TypeError or ValueError."""
        edit = document["edit"]
        return cls(
            HeadEdit(OpenRound.from_json(edit["base"]), OpenRound.from_json(edit["said"])) if edit else None,
            tuple(map(Signature.from_json, document["signatures"])),
        )
