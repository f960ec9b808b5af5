"""What one look at an installation found."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """`told` is the state where it is well, and what to do where it is not."""

    what: str
    is_well: bool
    told: str

    def __str__(self) -> str:
        return f"{'OK' if self.is_well else 'DO':<4}{self.what}: {self.told}"


def well(what: str, told: str) -> Finding:
    """Say that something is as it should be."""
    return Finding(what, is_well=True, told=told)


def to_do(what: str, told: str) -> Finding:
    """Say what somebody has to do."""
    return Finding(what, is_well=False, told=told)
