"""Which conditions of a support programme a firm meets, each in a sentence."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from suppliers.models import Certificate, Supplier, SupportApplication, SupportProgramme
from suppliers.models.support import Applicant, Standing

MET, UNMET, UNKNOWN = "met", "unmet", "unknown"
VERDICTS = [(MET, gettext_lazy("met")), (UNMET, gettext_lazy("not met")), (UNKNOWN, gettext_lazy("not known"))]
CODES = [
    ("period", gettext_lazy("time of applications")),
    ("standing", gettext_lazy("standing in the register")),
    ("sector", gettext_lazy("sector")),
    ("size", gettext_lazy("size")),
    ("province", gettext_lazy("province")),
]
"""The conditions, in the order in which they are told."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition: its code of `CODES`, whether it is met, of `VERDICTS`, and both in words."""

    code: str
    verdict: str
    sentence: str


def applicant_of(supplier: Supplier, *, is_international: bool) -> Applicant:
    """What conditions ask of a firm that is read with its `search`."""
    standings = []
    if supplier.state not in (Supplier.State.SUSPENDED, Supplier.State.ARCHIVED):
        standings.append(Standing.REGISTERED)
    if supplier.state == Supplier.State.PUBLISHED:
        standings += [Standing.PUBLISHED]
        standings += [Standing.INTERNATIONAL if is_international else Standing.BELOW_INTERNATIONAL]
    return Applicant(
        standings=frozenset(standings),
        employees=supplier.employees_total,
        sectors=tuple(supplier.search.sector_codes),
        provinces=tuple(supplier.search.province_references),
    )


def find_applicant(suppliers: QuerySet[Supplier], *, day: date) -> Applicant | None:
    """The firm that is found, as it stands on the day, in one query; None of none."""
    counting = Certificate.objects.counting().valid_on(day).filter(supplier=OuterRef("pk"))
    firm: Any = suppliers.select_related("search").annotate(is_international=Exists(counting)).first()
    return applicant_of(firm, is_international=firm.is_international) if firm else None


def applicant_behind(application: SupportApplication) -> Applicant:
    """Of an application that is read `with_applicant`."""
    return applicant_of(application.supplier, is_international=application.is_international)  # type: ignore[attr-defined]


def conditions_of(programme: SupportProgramme, applicant: Applicant, *, day: date) -> list[Condition]:
    """All conditions that the programme sets, in the reader's language. The firm qualifies if all are met.

    Reads `sectors` and `provinces` of the programme, which lists have at hand.
    """
    found = [_period(programme, day), _standing(programme, applicant)]
    sectors = {row.code: row for row in programme.sectors.all()}
    provinces = {row.reference: row for row in programme.provinces.all()}
    if sectors:
        found.append(_sector(sectors, applicant))
    if (programme.employees_least, programme.employees_most) != (None, None):
        found.append(_size(programme, applicant))
    if provinces:
        found.append(_province(provinces, applicant))
    return found


def qualifies(conditions: Iterable[Condition]) -> bool:
    """Whether all are met."""
    return all(condition.verdict == MET for condition in conditions)


def _period(programme: SupportProgramme, day: date) -> Condition:
    opens, closes = programme.opens_on.isoformat(), programme.closes_on.isoformat()
    if programme.state == SupportProgramme.State.DRAFT:
        return Condition("period", UNMET, _("The programme is not published yet."))
    if programme.state == SupportProgramme.State.CLOSED:
        return Condition("period", UNMET, _("The programme was closed."))
    if day < programme.opens_on:
        return Condition("period", UNMET, _("Applications are taken from %(opens)s on.") % {"opens": opens})
    if day > programme.closes_on:
        return Condition("period", UNMET, _("The programme ended on %(closes)s.") % {"closes": closes})
    return Condition("period", MET, _("Applications are taken until %(closes)s.") % {"closes": closes})


def _standing(programme: SupportProgramme, applicant: Applicant) -> Condition:
    asked = {"asked": programme.get_standing_display()}
    if programme.standing in applicant.standings:
        return Condition("standing", MET, _("For %(asked)s: the firm is one.") % asked)
    return Condition("standing", UNMET, _("Only for %(asked)s: the firm is none.") % asked)


def _sector(asked: dict[str, Any], applicant: Applicant) -> Condition:
    words = {"asked": _names(asked.values())}
    if not applicant.sectors:
        return Condition("sector", UNKNOWN, _("Only for the sectors %(asked)s; the firm has stated none.") % words)
    if shared := [asked[code] for code in applicant.sectors if code in asked]:
        return Condition("sector", MET, _("The firm is of a supported sector: %(yours)s.") % {"yours": _names(shared)})
    return Condition("sector", UNMET, _("Only for the sectors %(asked)s; the firm is of another.") % words)


def _size(programme: SupportProgramme, applicant: Applicant) -> Condition:
    least, most = programme.employees_least, programme.employees_most
    words: dict[str, Any] = {"asked": _span(least, most), "yours": applicant.employees}
    if applicant.employees is None:
        detail = _("Only for firms with %(asked)s; the firm has not stated how many it has.") % words
        return Condition("size", UNKNOWN, detail)
    if (least is None or applicant.employees >= least) and (most is None or applicant.employees <= most):
        return Condition("size", MET, _("For firms with %(asked)s; the firm has %(yours)s.") % words)
    return Condition("size", UNMET, _("Only for firms with %(asked)s; the firm has %(yours)s.") % words)


def _province(asked: dict[str, Any], applicant: Applicant) -> Condition:
    words = {"asked": _names(asked.values())}
    if not applicant.provinces:
        detail = _("Only for firms with a site in %(asked)s; the firm has stated no province.") % words
        return Condition("province", UNKNOWN, detail)
    if shared := [asked[reference] for reference in applicant.provinces if reference in asked]:
        return Condition("province", MET, _("The firm has a site in %(yours)s.") % {"yours": _names(shared)})
    return Condition("province", UNMET, _("Only for firms with a site in %(asked)s; the firm has none there.") % words)


def _span(least: int | None, most: int | None) -> str:
    if least is None:
        return _("at most %(most)s employees") % {"most": most}
    if most is None:
        return _("at least %(least)s employees") % {"least": least}
    return _("%(least)s to %(most)s employees") % {"least": least, "most": most}


def _names(entries: Iterable[Any]) -> str:
    language = get_language() or "vi"
    return ", ".join(sorted(entry.name_in(language) for entry in entries))
