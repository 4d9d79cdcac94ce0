"""The shared vocabulary in the engine's form."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from django.utils.translation import override

from config.iso import language_names
from matchmaking.engine.model import Taxonomy
from matchmaking.engine.sentences import Language
from taxonomy.models import Corridor, Entry, Material, Process, Province, Sector, Standard
from taxonomy.units import UNITS

LANGUAGES: tuple[Language, ...] = ("vi", "en")
MODELS: Final[Mapping[str, type[Any]]] = {
    "processes": Process,
    "materials": Material,
    "standards": Standard,
    "sectors": Sector,
    "provinces": Province,
}
Labels = Mapping[str, str]
"""Names by code: processes, materials, standards, units, spoken languages."""


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """The shared vocabulary at one moment.

    Attributes:
        version: its number.
        labels: names of codes, by language.
        entries: by kind (processes, materials, standards, sectors, provinces) and row id.
        codes: the same of their codes; of provinces with the edition.
    """

    version: int
    taxonomy: Taxonomy
    labels: Mapping[Language, Labels]
    entries: Mapping[str, Mapping[int, Entry]]
    codes: Mapping[str, Mapping[int, str]]

    @cached_property
    def plain_codes(self) -> dict[str, dict[str, str]]:
        """The codes as JSON has them."""
        return {kind: {str(key): code for key, code in codes.items()} for kind, codes in self.codes.items()}


def read_vocabulary(version: int) -> Vocabulary:
    """The vocabulary as it is stored now."""
    entries = {name: {entry.pk: entry for entry in kind.objects.order_by("pk")} for name, kind in MODELS.items()}
    codes = {name: {key: _code_of(entry) for key, entry in some.items()} for name, some in entries.items()}
    return Vocabulary(version=version, taxonomy=_read_taxonomy(), labels=_labels(entries), entries=entries, codes=codes)


def _code_of(entry: Entry) -> str:
    return entry.reference if isinstance(entry, Province) else entry.code


def _read_taxonomy() -> Taxonomy:
    """Trees, implications and corridors."""
    return Taxonomy(
        processes=Process.objects.parents(),
        materials=Material.objects.parents(),
        implies=Standard.objects.implications(),
        corridors={**Corridor.objects.provinces_by_code(), **_same_provinces()},
    )


def _same_provinces() -> dict[str, list[str]]:
    """Each province in force with those it came from, as a corridor: so that a site named by its old province and
    a plant named by today's are seen to lie in one place."""
    places: dict[str, list[str]] = {}
    for province in Province.objects.select_related("successor").order_by("edition", "code"):
        today = province.successor or province
        places.setdefault(f"province {today.reference}", []).append(province.reference)
    return places


def _labels(entries: Mapping[str, Mapping[int, Entry]]) -> dict[Language, Labels]:
    """What codes are called, in each language in which matches are explained."""
    explained = [entry for kind in ("processes", "materials", "standards") for entry in entries[kind].values()]
    return {
        language: {
            **{entry.code: entry.name_in(language) for entry in explained},
            **_names_of_units_and_languages(language),
        }
        for language in LANGUAGES
    }


def _names_of_units_and_languages(language: Language) -> dict[str, str]:
    with override(language):
        units = {unit.code: str(unit.name) for unit in UNITS.values()}
    return language_names(language) | units
