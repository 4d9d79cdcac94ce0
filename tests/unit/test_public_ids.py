"""Public ids stand in order, whichever of their letters tell them apart."""

from random import Random

import numpy as np
import pytest

from matchmaking.catalogue.public_ids import MANY, by_owner_and_id, texts_of


@pytest.mark.parametrize("count", [0, 1, 9, MANY + 1, 3 * MANY])
@pytest.mark.parametrize("form", ["cap_{0:08}", "cap_{0:08}{1:04}", "cap_00000000{1:08}", "{1:x}"])
def test_ids_are_ordered_by_owner_and_then_as_texts(count: int, form: str) -> None:
    random = Random(f"{count} {form}")  # noqa: S311
    texts = [form.format(random.randrange(4), random.randrange(10**6)) for _ in range(count)]
    owners = [random.randrange(40) for _ in range(count)]
    ids = np.array([text.ljust(32) for text in texts], dtype="S32")

    order = by_owner_and_id(np.array(owners, dtype=np.int64), ids).tolist()

    assert [(owners[each], texts[each]) for each in order] == sorted(zip(owners, texts, strict=True))
    assert list(texts_of(ids)) == texts
