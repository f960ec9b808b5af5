"""Makes the PDF of a closed round that is on this device."""

from __future__ import annotations

from collections.abc import Sequence

from services.papers.content import Source
from services.papers.kept_record import kept_record, lists_of
from services.papers.making import Made, Progress, make_pdf
from services.workspace import Device, Workspace
from views.parts.fonts import FOLDER
from views.parts.texts import Texts, assets_folder


def paper_of(
    device: Device,
    workspace: Workspace,
    round_id: str,
    languages: Sequence[Texts],
    progress: Progress = lambda _done, _total: True,
) -> Made | None:
    """The paper of this round, without its inspections that were lost; None where it is not on this device. Blocks.

    Raises Cancelled.
    """
    register, copy, registry = workspace.catalogue.register, workspace.catalogue.copy, workspace.registry
    addresses = registry.addresses if registry else frozenset(filter(None, [copy.source]))
    record = kept_record(round_id, device.rounds, device.accounts.viewer, device.accounts, addresses)
    if record is None:
        return None
    return make_pdf(
        record.round,
        record.inspections,
        device.rounds.photos.print_copy,
        languages,
        assets_folder() / FOLDER,
        Source(register.name, register.sample),
        lists=lists_of(workspace.checklists),
        site=registry.url if registry else copy.source,
        proof=record.proof,
        key=record.key,
        progress=progress,
    )
