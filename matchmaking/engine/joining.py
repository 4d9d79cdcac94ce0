"""Columns of some of the suppliers of columns, and of the suppliers of two columns together."""

from bisect import bisect_left
from collections.abc import Collection, Mapping, Sequence

import numpy as np

from matchmaking.engine.columns import Codes, Columns, Grades
from matchmaking.engine.errors import FactsError
from matchmaking.engine.listing import CODES, FIELDS, Field, Listing, Values, arranged, listed, picked
from matchmaking.engine.lists import Ints, Ragged, Runs, Texts, ends
from matchmaking.engine.taxonomy import Taxonomy

LEVELS = 8
"""More than there are levels, the unknown one included."""


def take(columns: Columns, suppliers: Ints) -> Columns:
    """Columns of some suppliers, given by their indexes, rising. Codes and grades keep their numbers."""
    return arranged(listed(columns, suppliers))


def join(one: Columns, other: Columns, taxonomy: Taxonomy) -> Columns:
    """Columns of all suppliers of both.

    Raises:
        FactsError: a supplier is in both.
    """
    order = in_order_of_ids(one.supplier_ids, other.supplier_ids)
    return arranged(joined(listed(one), listed(other), order, taxonomy))


def joined(one: Listing, other: Listing, order: Ints, taxonomy: Taxonomy) -> Listing:
    """The same of facts that are not arranged yet, put in an order, see `in_order_of_ids`; uses both listings up."""
    listings = one, other
    codes = {name: _together(name, listings, taxonomy) for name in CODES}
    grades, renumbered = _same_grades([listing.grades for listing in listings])
    counts = {of: np.concatenate([listing.counts[of] for listing in listings]) for of in listings[0].counts}
    places = {of: Runs(ends(each)).gather(order)[1] for of, each in counts.items()} | {"supplier": order}
    values = {}
    for name, field in FIELDS.items():
        parts = [
            _renumbered(listing.values.pop(name), _numbers(field, listing, codes, grade))
            for listing, grade in zip(listings, renumbered, strict=True)
        ]
        values[name] = picked(_concatenated(parts), places[field.of])
    counts = {of: each[order] for of, each in counts.items()}
    return Listing(codes=codes, grades=grades, counts=counts, values=values)


def in_order_of_ids(one: Texts, other: Texts, left_out: Collection[int] = ()) -> Ints:
    """The order of two rising lists put after one another.

    Args:
        left_out: places in the first list that do not count.

    Raises:
        FactsError: an id is in both.
    """
    first, second = np.arange(len(one)), len(one) + np.arange(len(other))
    if len(one) < len(other):
        order = _inserted(other, second, one, first, left_out)
    else:
        order = _inserted(one, first, other, second, left_out)
    return order[~np.isin(order, list(left_out))] if left_out else order


def _inserted(many: Texts, numbers_of_many: Ints, few: Texts, numbers_of_few: Ints, left_out: Collection[int]) -> Ints:
    places = [bisect_left(many, text) for text in few]
    for place, text, number in zip(places, few, numbers_of_few, strict=True):
        if place < len(many) and many[place] == text and not {int(numbers_of_many[place]), int(number)} & {*left_out}:
            raise FactsError(f"suppliers[{text!r}].id", "occurs twice")
    return np.insert(numbers_of_many, places, numbers_of_few)


def _together(name: str, listings: Sequence[Listing], taxonomy: Taxonomy) -> Codes:
    names = [code for listing in listings for code in listing.codes[name].names]
    if name == "processes":
        used = set(names)
        names = [code for code in taxonomy.process_tree.downwards() if code in used] + names
    return Codes(names)


def _numbers(field: Field, listing: Listing, codes: Mapping[str, Codes], grades: Ints) -> Ints | None:
    """What stands for each number from now on, and last for -1; None where that is the same or no number of these."""
    if field.is_grade:
        return grades
    if not field.codes:
        return None
    names, together = listing.codes[field.codes].names, codes[field.codes].names
    if together[: len(names)] == names:
        return None
    return np.array([*(codes[field.codes].index[code] for code in names), -1], dtype=np.int32)


def _same_grades(many: Sequence[Grades]) -> tuple[Grades, list[Ints]]:
    """Every grade once, and for each of the many the new numbers of its own."""
    pairs = [grades.observed.astype(np.int64)[1:] * LEVELS + grades.level[1:] for grades in many]
    distinct, inverse = np.unique(np.concatenate(pairs), return_inverse=True)
    observed, level = np.divmod(distinct, LEVELS)
    unknown = many[0]
    together = Grades(
        np.concatenate([unknown.level[:1], level]).astype(np.int8),
        np.concatenate([unknown.observed[:1], observed]).astype(np.int32),
    )
    parts = np.split(inverse + 1, np.cumsum([len(each) for each in pairs])[:-1])
    return together, [np.concatenate([[0], part]) for part in parts]


def _renumbered(values: Values, numbers: Ints | None) -> Values:
    if numbers is None:
        return values
    return type(values)(values.offsets, numbers[values.entry]) if isinstance(values, Ragged) else numbers[values]


def _concatenated(parts: Sequence[Values]) -> Values:
    first = parts[0]
    if isinstance(first, Ragged):
        return type(first).concatenated([part for part in parts if isinstance(part, Ragged)])
    return np.concatenate(parts)
