"""Who holds an asked standard on a day, and how well that is proved."""

from functools import reduce
from typing import Final

import numpy as np

from matchmaking.engine.columns import CertificateColumns, Columns, Ints, ProofColumns, Rows, taken
from matchmaking.engine.confidence import LEVEL_WEIGHTS
from matchmaking.engine.evidence import Checked
from matchmaking.engine.gates import Answer, Kinds
from matchmaking.engine.targets import Picked, looked_up
from matchmaking.engine.taxonomy import Taxonomy

LOOKS_PER_SUPPLIER: Final = 8
"""Finding a supplier's own certificates costs as much as reading so many that lie together."""
NOT: Final = -1
"""In place of a level: nothing is stated, or nothing proved."""


def _answers() -> Answer:
    levels = np.arange(NOT, len(LEVEL_WEIGHTS), dtype=np.int8)
    stated, proof = (each.reshape(-1) for each in np.meshgrid(levels, levels, indexing="ij"))
    is_held = proof > NOT
    return Answer(np.where(stated == NOT, np.nan, is_held), Checked(np.where(is_held, proof, stated)))


ANSWERS: Final = _answers()
"""For each level at which the section on certificates is stated, and for each at which the standard is proved."""


def held(columns: Columns, taxonomy: Taxonomy, standard: str | Picked[str], suppliers: Ints, day: int | Ints) -> Kinds:
    """Whether suppliers hold a standard on a day: one standard and day for all, or one for each."""
    if isinstance(standard, str) and not isinstance(day, np.ndarray):
        everybody = _everybody(columns, taxonomy, standard, len(suppliers), day)
        if everybody is not None:
            return Kinds(ANSWERS, taken(everybody, suppliers))
    certificates, standards = columns.certificates, columns.standards
    owner, item = certificates.of_supplier.gather(suppliers)
    proves = looked_up(standard, lambda one: standards.mask(taxonomy.proving(one)), certificates.standard[item], owner)
    proof = _best_valid(certificates, owner[proves], item[proves], len(suppliers), day)
    return Kinds(ANSWERS, _kinds(taken(certificates.section_level, suppliers), proof))


def proofs_of(columns: Columns, taxonomy: Taxonomy, standard: str) -> tuple[int, ...]:
    """Numbers, rising, of the standards whose certificates prove one."""
    return tuple(sorted(columns.standards.find(taxonomy.proving(standard))))


def _everybody(columns: Columns, taxonomy: Taxonomy, standard: str, asked: int, day: int) -> Ints | None:
    """The kind of every supplier; None where that is not known and so few are asked that it does not pay to find it."""
    proving = proofs_of(columns, taxonomy, standard)
    lengths = columns.certificates.proofs.of_standard.length
    key = ("standard", proving, day)
    if key not in columns.kept and asked * LOOKS_PER_SUPPLIER < sum(map(lengths, proving)):
        return None
    return columns.kept.get(key, lambda: (_find_everybody(columns, proving, day),))[0]


def _find_everybody(columns: Columns, proving: tuple[int, ...], day: int) -> Ints:
    proofs, size = columns.certificates.proofs, len(columns.supplier_ids)
    items = (slice(*proofs.of_standard.offsets[number : number + 2].tolist()) for number in proving)
    found = (_best_valid(proofs, proofs.owner[item], item, size, day) for item in items)
    best = reduce(np.maximum, found, np.full(size, NOT, dtype=np.int8))
    return _kinds(columns.certificates.section_level, best)


def _best_valid(
    certificates: CertificateColumns | ProofColumns, owner: Ints, item: Rows, size: int, day: int | Ints
) -> Ints:
    """The best level at which each of `size` owners proves it, NOT where none does."""
    on = day[owner] if isinstance(day, np.ndarray) else day
    valid = (certificates.starts_on[item] <= on) & (on <= certificates.expires_on[item])
    best = np.full(size, NOT, dtype=np.int8)
    np.maximum.at(best, owner.compress(valid), certificates.level[item].compress(valid))
    return best


def _kinds(stated: Ints, proof: Ints) -> Ints:
    """Where among the `ANSWERS` such a supplier finds its own."""
    kinds: Ints = (stated - NOT) * np.int8(len(LEVEL_WEIGHTS) - NOT) + (proof - NOT)
    return kinds.astype(np.int8, copy=False)
