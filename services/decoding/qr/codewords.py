"""From modules to data codewords: reads the format information, unmasks, and corrects each block."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from services.decoding.qr.versions import Modules, blocks, format_positions, format_words, mask, order
from services.decoding.reed_solomon import QR_CODE, correct

_FORMAT_CORRECTABLE = 3  # the words of the format information differ in at least 7 bits
_LEVELS = (1, 0, 3, 2)  # what the two bits of the error correction level mean: M, L, H, Q


@dataclass(frozen=True)
class Format:
    """Level (0 to 3 for L, M, Q, H), data mask, and the wrong bits of the better copy of the format information."""

    level: int
    mask: int
    wrong: int


def formats(dark: Modules, version: int) -> list[Format]:
    """The possible format informations, the nearest first; none where neither copy can be corrected."""
    wrong = np.array([(dark[positions] != format_words()).sum(axis=1) for positions in format_positions(version)])
    nearer, both = wrong.min(axis=0), wrong.sum(axis=0)
    likely = sorted((int(nearer[n]), int(both[n]), n) for n in range(32) if nearer[n] <= _FORMAT_CORRECTABLE)
    return [Format(_LEVELS[n >> 3], n & 7, least) for least, _, n in likely[:2]]


def corrected(dark: Modules, version: int, form: Format) -> tuple[bytes, int, bool] | None:
    """The data codewords, the errors corrected, and whether a block had the most possible; None if not correctable."""
    shares = blocks(version, form.level)
    bits = (dark ^ mask(version, form.mask)).reshape(-1)[order(version)]
    received = np.packbits(bits)
    number, total = len(shares.data), sum(shares.data)
    data, errors, brimful = bytearray(), 0, False
    for block, length in enumerate(shares.data):
        done = correct(_block(received, block, length, number, total, shares.data[0]), shares.checks, QR_CODE)
        if done is None or done[1] > shares.correctable:
            return None
        data += done[0][:length].tobytes()
        errors += done[1]
        brimful |= done[1] == shares.correctable
    return bytes(data), errors, brimful


def _block(
    received: npt.NDArray[np.uint8], block: int, length: int, number: int, total: int, short: int
) -> npt.NDArray[np.uint8]:
    """One block's codewords. Blocks are interleaved, and only the longer ones have a last codeword of data (7.6)."""
    ours = received[block : short * number : number]
    if length > short:
        first_longer = number - (total - short * number)
        ours = np.append(ours, received[short * number + block - first_longer])
    return np.concatenate([ours, received[total + block :: number]])
