"""Traditional spellings as simplified ones, of text that has been normalised already."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from corpus_guard.core.folding import Folding


@lru_cache(maxsize=4)
def simplified_units(folding: Folding) -> npt.NDArray[np.uint16]:
    """Return the simplified spelling of each UTF-16 unit."""
    units = np.arange(2**16, dtype=np.uint16)
    for traditional, simplified in simplified_spellings(folding).items():
        units[traditional] = ord(simplified)
    return units


def simplified_spellings(folding: Folding) -> dict[int, str]:
    """Return characters of the basic plane and their simplified spellings, as `str.translate` takes them."""
    pairs = zip(folding.traditional, folding.simplified, strict=True)
    return {ord(one): other for one, other in pairs if max(ord(one), ord(other)) < 2**16}
