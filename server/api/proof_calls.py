"""GET /proofs: what the server holds of a record, for anybody who has its id and hash."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from django.http import HttpRequest
from ninja import Path, Query, Router

from api.answers import answers
from api.schemas import ErasedPart, KeyOfProof, PartsOfProof, ProofOut
from records.proofs import proof_of
from records.wire import SHA256_FORM, UUID_FORM
from register.days import rfc3339

router = Router(tags=["records"])


@router.get("/proofs/{id}", summary="What is held of a record", **answers({200: ProofOut}, "bad_request"))
def proof(
    request: HttpRequest,  # noqa: ARG001 - ninja's signature
    id: Annotated[str, Path(pattern=UUID_FORM)],  # noqa: A002 - the contract's name
    hash: Annotated[str, Query(pattern=SHA256_FORM)],  # noqa: A002
) -> ProofOut:
    """Nothing of the record itself is told, and nothing to whoever does not know its hash but whether an id is here."""
    found = proof_of(UUID(id), hash)
    parts = found.parts
    revoked = found.key.revoked_at if found.key else None
    return ProofOut(
        id=UUID(id),
        state=found.state,
        kind=found.kind,
        received_at=rfc3339(found.received_at) if found.received_at else None,
        key=KeyOfProof(kid=found.key.kid, revoked_at=rfc3339(revoked) if revoked else None) if found.key else None,
        chain=found.chain,
        erased_at=rfc3339(found.erased_at) if found.erased_at else None,
        erased=[ErasedPart.model_validate(one) for one in found.erased] if found.state == "matches" else None,
        corrected_at=rfc3339(found.corrected_at) if found.corrected_at else None,
        parts=PartsOfProof(missing=parts.missing, differing=parts.differing, corrected=parts.corrected)
        if parts
        else None,
        clock_set_back=found.clock_set_back if found.state == "matches" else None,
    )
