"""The shared vocabulary in the engine's form."""

from matchmaking.engine.model import Taxonomy
from taxonomy.models import Corridor, Material, Process, Province, Standard


def read_vocabulary() -> Taxonomy:
    """Trees, implications and corridors as they are stored now."""
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
