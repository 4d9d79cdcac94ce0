"""Public ids as they are read: filled up with spaces to one length."""

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from matchmaking.catalogue.copying import LONGEST_ID
from matchmaking.engine.lists import Ints, Texts, ends

Ids = npt.NDArray[Any]
"""Of type `S32`."""

SPACE: Final = ord(" ")
MANY: Final = 512
TELLING: Final = slice(4, 12)
"""The letters of an id after those that say of what it is."""


def texts_of(ids: Ids) -> Texts:
    """Without the spaces."""
    letters = _letters(ids)
    lengths = LONGEST_ID - (letters[:, ::-1] != SPACE).argmax(axis=1)
    if len(lengths) and (lengths == lengths[0]).all():
        return Texts(ends(lengths), letters[:, : lengths[0]].reshape(-1))
    return Texts(ends(lengths), letters[np.arange(LONGEST_ID) < lengths[:, np.newaxis]])


def by_owner_and_id(owner: Ints, ids: Ids) -> Ints:
    """The order of ids by owner, then by themselves."""
    if len(ids) > MANY:  # whole ids take long to sort, and a few letters tell nearly always all of an owner apart
        numbers = np.ascontiguousarray(_letters(ids)[:, TELLING]).view(">u8").reshape(-1).astype(np.uint64)
        order: Ints = np.lexsort((numbers, owner))
        owners, ordered = owner[order], ids[order]
        if not ((owners[1:] == owners[:-1]) & (ordered[1:] < ordered[:-1])).any():
            return order
    return np.lexsort((ids, owner))


def _letters(ids: Ids) -> npt.NDArray[np.uint8]:
    return np.ascontiguousarray(ids).view(np.uint8).reshape(-1, LONGEST_ID)
