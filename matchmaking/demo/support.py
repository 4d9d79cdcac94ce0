"""Fictional support programmes of the demonstration: two towards a standard, one for machines."""

from datetime import date, timedelta
from typing import Any

from accounts.models import Membership
from accounts.principals import Principal
from matchmaking.demo.logins import agency
from suppliers.models import SupportProgramme
from suppliers.models.support import Standing
from suppliers.support.programmes import create_support_programme, publish_support_programme
from taxonomy.models import Standard

Kind = SupportProgramme.Kind
DAYS_OPEN = 180
PROGRAMMES: tuple[dict[str, Any], ...] = (
    {
        "kind": Kind.CONSULTING,
        "name_vi": "Tư vấn xây dựng ISO 9001 (minh họa)",
        "name_en": "Consulting towards ISO 9001 (demo)",
        "standards": ("ISO9001",),
        "standing": Standing.BELOW_INTERNATIONAL,
        "budget_vnd": 5_000_000_000,
    },
    {
        "kind": Kind.CONSULTING,
        "name_vi": "Tư vấn xây dựng IATF 16949 cho doanh nghiệp từ 100 lao động (minh họa)",
        "name_en": "Consulting towards IATF 16949 for firms with 100 employees or more (demo)",
        "standards": ("IATF16949",),
        "standing": Standing.PUBLISHED,
        "employees_least": 100,
        "budget_vnd": 8_000_000_000,
    },
    {
        "kind": Kind.EQUIPMENT_CREDIT,
        "name_vi": "Vay ưu đãi mua máy công cụ (minh họa)",
        "name_en": "Credit for machine tools (demo)",
        "standards": (),
        "standing": Standing.PUBLISHED,
        "budget_vnd": 20_000_000_000,
    },
)


def load_support(today: date) -> list[SupportProgramme]:
    """Store programmes that take applications from the day on. The agency has its log-in by then."""
    by = Principal.of_member(Membership.objects.filter(organisation=agency()).select_related("user", "organisation")[0])
    dates = {"opens_on": today, "closes_on": today + timedelta(days=DAYS_OPEN)}
    made = []
    for values in PROGRAMMES:
        standards = list(Standard.objects.filter(code__in=values["standards"]))
        draft = create_support_programme(values={**values, **dates, "standards": standards}, by=by)
        made.append(publish_support_programme(programme_id=draft.pk, by=by))
    return made
