"""The published facts at one moment, and rankings of them."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

import numpy as np

from matchmaking.catalogue.editions import Editions
from matchmaking.catalogue.facets import Crowd
from matchmaking.catalogue.vocabulary import Labels
from matchmaking.engine.columns import Columns
from matchmaking.engine.layers import Layers
from matchmaking.engine.loading import build_columns
from matchmaking.engine.model import Requirement, SupplierRecord, Taxonomy
from matchmaking.engine.rank import rank
from matchmaking.engine.ranking import ELIGIBILITIES, Ranking
from matchmaking.engine.relax import Relaxations
from matchmaking.engine.sentences import Language


@dataclass(frozen=True)
class Snapshot:
    """The published facts at one moment; nothing in it ever changes.

    Attributes:
        as_of: the day for which the facts hold, in Vietnam.
        taxonomy_version: number of the vocabulary's version.
        labels: names of codes, by language.
        crowd: the same suppliers as lists find them.
        editions: which edition of a supplier's facts these are.
    """

    as_of: date
    taxonomy_version: int
    taxonomy: Taxonomy
    labels: Mapping[Language, Labels]
    layers: Layers
    crowd: Crowd
    editions: Editions

    @cached_property
    def columns(self) -> Columns:
        """All suppliers. Where some have changed since the base was made, all are gone through: ask for less."""
        return self.layers.whole()

    def columns_of(self, ids: Iterable[str]) -> Columns:
        """Of those suppliers, by public id, that are here."""
        return self.layers.columns_of(ids)

    def records(self) -> list[SupplierRecord]:
        """What is known of all suppliers, in order of their ids."""
        return self.layers.records()

    def rank(self, requirement: Requirement) -> Ranking:
        """The ranking of all suppliers."""
        return rank(requirement, self.columns, self.taxonomy, self.as_of)

    def leaders(
        self, requirement: Requirement, *, top: int | None, eligibility: Collection[str] = ELIGIBILITIES
    ) -> Ranking:
        """The same, of which only the first lines with some eligibilities are sure to be there."""
        return self.layers.leaders(requirement, self.as_of, top=top, eligibility=eligibility)

    def relax(self, requirement: Requirement) -> Relaxations:
        """What the requirement could give up, and whom of all suppliers that would let in."""
        return self.layers.relax(requirement, self.as_of)

    def of_others(self, records: Iterable[SupplierRecord]) -> "Snapshot":
        """The same moment with these suppliers instead, for rankings: lists find whom they found."""
        columns = build_columns(records, self.taxonomy)
        unreplaced = np.zeros(len(columns.supplier_ids), dtype=np.bool_)
        nobody = build_columns((), self.taxonomy)
        return replace(self, layers=Layers(columns, nobody, unreplaced, self.taxonomy), editions=Editions.new())
