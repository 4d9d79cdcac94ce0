"""The upgrade planner: which firms to bring to which standard for a budget, and the share by quarter that follows."""

from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from django.conf import settings
from django.utils import timezone

from buyers.content import CriterionContent, RequirementContent, content_of
from buyers.models import Requirement
from matchmaking import catalogue
from matchmaking.catalogue import Snapshot
from matchmaking.decisions.integer_programme import Watch
from matchmaking.decisions.upgrades import DEMAND, Upgrade, UpgradePlan, plan_upgrades
from matchmaking.engine.errors import FactsError
from matchmaking.programme.demand import unserved
from matchmaking.programme.quarters import quarters_from
from matchmaking.programme.supply import Standing, share_pct
from matchmaking.services.matches import Wanted, match_in
from suppliers.models import EvidenceLevel, Site, Supplier, SupplierQuerySet
from taxonomy.models import Province, Sector, Standard

MOST_STANDARDS: Final = 20
MOST_FIRMS: Final = 100_000
"""The highest number to which a plan can be bound."""
USUAL_DAYS: Final = 365
"""From the plan to the certificates."""
MOST_REQUIREMENTS: Final = 100
"""Of those without an eligible supplier, the first to be opened."""
SECONDS_TO_LOOK: Final = 10.0
"""For the rankings of all requirements together; those not begun by then are left out, and that is said."""
QUARTERS_AHEAD: Final = 8
ELIGIBLE: Final = Wanted(eligibility=("eligible",))


@dataclass(frozen=True, slots=True, kw_only=True)
class UpgradeQuestion:
    """What staff plan for.

    Attributes:
        costs_vnd: of bringing one firm to a standard, by code.
        aim: of `matchmaking.decisions.upgrades.AIMS`.
        ready_on: day from which the certificates are there.
        most_firms: no more firms are planned; None for as many as the budget allows.
        province: only firms with a site there are planned; of old where an address names it.
        sector: only firms of that sector or one below it are.
    """

    budget_vnd: int
    costs_vnd: Mapping[str, int]
    aim: str
    ready_on: date
    most_firms: int | None = None
    province: Province | None = None
    sector: Sector | None = None

    @property
    def firms(self) -> SupplierQuerySet:
        """The published firms that may be planned."""
        firms = Supplier.objects.published()
        if self.province is not None:
            firms = firms.in_provinces([self.province.reference])
        return firms if self.sector is None else firms.in_sectors([self.sector.code])


def usually_ready_on() -> date:
    """From which day certificates are there, unless said otherwise."""
    return timezone.localdate() + timedelta(days=USUAL_DAYS)


@dataclass(frozen=True, slots=True, kw_only=True)
class ForecastQuarter:
    """Firms at international standard on the day after a quarter, if no certificate is renewed."""

    quarter: str
    last_day: date
    international: int
    share_pct: float | None
    international_with_plan: int
    share_pct_with_plan: float | None


@dataclass(frozen=True, slots=True)
class Unlocked:
    """What certificates would unlock.

    Attributes:
        by_upgrade: requirements for which a firm would be eligible, by firm and standard.
        asked, asked_all: as in `PlannedUpgrades`.
    """

    by_upgrade: Mapping[tuple[str, str], frozenset[str]]
    asked: int
    asked_all: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedUpgrades:
    """The plan, with what it rests on.

    Attributes:
        day: on which firms and requirements stood so.
        firms: those that the plan names, by public id.
        candidates: firms that may be planned for which something would be gained; for the share only those below
            international standard.
        without_documents: firms below it that may be planned, but that a certificate alone would not bring there: no
            document shows a process of theirs.
        least_cost: of whatever would gain something; None where nothing would.
        asked: requirements without an eligible supplier that were looked at.
        asked_all: whether there are no more of these.
    """

    question: UpgradeQuestion
    day: date
    plan: UpgradePlan
    firms: Mapping[str, Supplier]
    candidates: int
    least_cost: int | None
    without_documents: int
    asked: int
    asked_all: bool
    forecast: Sequence[ForecastQuarter]

    @property
    def goal_reached_in(self) -> str | None:
        """The first quarter after which the share with the plan is at the goal."""
        goal = settings.PROGRAMME_SHARE_GOAL_PCT
        return next((each.quarter for each in self.forecast if (each.share_pct_with_plan or 0) >= goal), None)


def plan_for(question: UpgradeQuestion, *, day: date) -> PlannedUpgrades:
    """The best plan for a budget, as firms and requirements stand on the day. Nothing is stored.

    A firm is brought to one standard at most. It comes to international standard by it if the standard counts and a
    document shows one of its processes; firms that are there gain no share, but may unlock demand. A firm unlocks a
    requirement for which nobody is eligible today if it would be eligible, were the requirement not to ask for what the
    standard proves. The share that follows is that of all published firms, whichever may be planned.
    """
    standing = Standing.read()
    firms = dict(question.firms.order_by("pk").values_list("pk", "public_id"))
    international = standing.firms_on(day)
    below = {pk: public_id for pk, public_id in firms.items() if pk not in international}
    documented = _documented()
    counting = set(Standard.objects.filter(counts_as_international=True).values_list("code", flat=True))
    considered = firms if question.aim == DEMAND else below
    unlocked = _unlocked(question.costs_vnd, set(considered.values()))
    upgrades = _upgrades(question.costs_vnd, considered, documented & below.keys(), counting, unlocked.by_upgrade)
    plan = plan_upgrades(upgrades, question.budget_vnd, aim=question.aim, most_firms=question.most_firms)
    named = Supplier.objects.filter(public_id__in={each.firm for each in plan.chosen}).select_related("organisation")
    certified = {each.firm for each in plan.chosen if each.standard in counting}
    planned = {each.pk for each in named if each.public_id in certified} & documented
    return PlannedUpgrades(
        question=question,
        day=day,
        plan=plan,
        firms={each.public_id: each for each in named},
        candidates=len({each.firm for each in upgrades}),
        least_cost=min((each.cost for each in upgrades), default=None),
        without_documents=len(below.keys() - documented),
        asked=unlocked.asked,
        asked_all=unlocked.asked_all,
        forecast=_forecast(standing, planned, Supplier.objects.published().count(), question.ready_on, day),
    )


def _documented() -> set[int]:
    """Firms of which a document shows a process at a site of production."""
    shown = Supplier.objects.published().filter(
        sites__role=Site.Role.PRODUCTION, sites__capabilities__process_level__gte=EvidenceLevel.DOCUMENTED
    )
    return set(shown.values_list("pk", flat=True))


def _upgrades(
    costs_vnd: Mapping[str, int],
    firms: Mapping[int, str],
    to_be_raised: Collection[int],
    counting: Collection[str],
    unlocked: Mapping[tuple[str, str], frozenset[str]],
) -> list[Upgrade]:
    """All that would bring something, in order of firm and standard.

    Args:
        to_be_raised: firms below international standard that a standard of those counting would bring there.
    """
    found = [
        Upgrade(
            firm=public_id,
            standard=code,
            cost=cost,
            is_international=pk in to_be_raised and code in counting,
            unlocks=unlocked.get((public_id, code), frozenset()),
        )
        for pk, public_id in firms.items()
        for code, cost in sorted(costs_vnd.items())
    ]
    return [each for each in found if each.is_international or each.unlocks]


def _unlocked(standards: Iterable[str], firms: Set[str]) -> Unlocked:
    """What each of some firms would unlock with each standard, as far as time suffices to rank them."""
    snapshot, found, asked, watch = catalogue.current(), dict[tuple[str, str], set[str]](), 0, Watch(SECONDS_TO_LOOK)
    rows = (
        Requirement.objects.filter(unserved(), standards_required__isnull=False).distinct().order_by("opened_at", "pk")
    )
    asked_all = True
    for number, row in enumerate(rows.with_content()[: MOST_REQUIREMENTS + 1]):
        if number == MOST_REQUIREMENTS or not watch.seconds_left:
            asked_all = False
            break
        content = content_of(row)
        if match_in(snapshot, content, ELIGIBLE).positions:
            continue  # somebody is, since last night
        asked += 1
        for code, eligible in _eligible_with(standards, content, snapshot).items():
            for firm in eligible & firms:
                found.setdefault((firm, code), set()).add(row.public_id)
    return Unlocked({key: frozenset(keys) for key, keys in found.items()}, asked, asked_all)


def _eligible_with(
    standards: Iterable[str], content: RequirementContent, snapshot: Snapshot
) -> dict[str, frozenset[str]]:
    """Who would be eligible if it were certified to a standard, by those that prove something of what is asked.

    Standards that prove the same leave the same to be asked, which is ranked once.
    """
    asked, found = content.standards_required, dict[tuple[str, ...], frozenset[str]]()
    left = {code: tuple(each for each in asked if code not in snapshot.taxonomy.proving(each)) for code in standards}
    for rest in set(left.values()) - {asked}:
        found[rest] = frozenset(_eligible_for(rest, content, snapshot))
    return {code: found[rest] for code, rest in left.items() if rest in found}


def _eligible_for(left: tuple[str, ...], content: RequirementContent, snapshot: Snapshot) -> list[str]:
    """Who would be eligible if only these standards were asked for."""
    relaxed = replace(content, standards_required=left)
    try:
        return match_in(snapshot, relaxed, ELIGIBLE).supplier_ids
    except FactsError:  # the standards alone had a weight; who is eligible needs none of a particular size
        process = replace(content.criteria.get("process", CriterionContent()), weight=1.0)
        weighed = replace(relaxed, criteria={**content.criteria, "process": process})
        return match_in(snapshot, weighed, ELIGIBLE).supplier_ids


def _forecast(
    standing: Standing, planned: Collection[int], published: int, ready_on: date, day: date
) -> list[ForecastQuarter]:
    """
    Args:
        planned: firms that meet the standard from `ready_on` on, whatever becomes of the certificates that they have.
        published: how many firms there are.
    """
    lines = []
    for quarter in quarters_from(day, number=QUARTERS_AHEAD):
        after = quarter.last_day + timedelta(days=1)
        without = standing.firms_on(after)
        with_plan = without | set(planned) if ready_on <= after else without
        lines.append(
            ForecastQuarter(
                quarter=str(quarter),
                last_day=quarter.last_day,
                international=len(without),
                share_pct=share_pct(len(without), published),
                international_with_plan=len(with_plan),
                share_pct_with_plan=share_pct(len(with_plan), published),
            )
        )
    return lines
