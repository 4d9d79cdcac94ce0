"""What staff see of second opinions, and of how weights were found, in the admin."""

from html import unescape
from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook

from accounts.principals import Principal
from buyers.models import Criterion, Requirement
from buyers.services import change_requirement
from matchmaking import services
from matchmaking.models import MatchRun, Shortlist, Weighing
from matchmaking.programme.weights_shown import weights_found
from suppliers.models import Supplier
from tests.factories import matchmaking as make
from tests.factories.accounts import member
from tests.matchmaking.decisions.test_weighing import BEST_WORST
from tests.matchmaking.matches.scene import example_requirement, example_suppliers
from tests.suppliers.admin.scene import browser_of

pytestmark = pytest.mark.django_db

PAIRS = {("process", "tolerance"): 3.0, ("tolerance", "lead_time"): 3.0, ("process", "lead_time"): 1 / 3}
CONTRADICTORY = {"criteria": ["process", "tolerance", "lead_time"], "judgements": PAIRS}


@pytest.fixture
def buyer() -> Principal:
    return member("buyer")


@pytest.fixture
def suppliers() -> dict[str, Supplier]:
    return example_suppliers()


@pytest.fixture
def requirement(buyer: Principal, suppliers: dict[str, Supplier]) -> Requirement:
    return example_requirement(buyer)


@pytest.fixture
def run(buyer: Principal, requirement: Requirement) -> MatchRun:
    return services.freeze_matches(requirement_id=requirement.pk, by=buyer)


@pytest.fixture
def viewer() -> Client:
    return browser_of(member("agency", "viewer"))


def page_of(row: MatchRun | Shortlist, query: str = "") -> str:
    return f"/admin/matchmaking/{row._meta.model_name}/{row.pk}/second-opinion/?{query}"


def shortlist(by: Principal, requirement: Requirement | None, *firms: Supplier) -> Shortlist:
    row = services.create_shortlist(values={"name": "Candidates", "requirement": requirement}, by=by)
    if firms:
        services.add_entries(shortlist_id=row.pk, items=[{"supplier": firm} for firm in firms], by=by)
    return row


def text_of(browser: Client, address: str, language: str = "en") -> str:
    answer = browser.get(address, headers={"accept-language": language})
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def test_a_viewer_sees_the_orders_of_a_run_side_by_side(
    viewer: Client, suppliers: dict[str, Supplier], run: MatchRun
) -> None:
    answer: Any = viewer.get(page_of(run))

    rows = answer.context["shown"].rows
    assert [(row.place, row.name, row.eligibility) for row in rows] == [
        (1, suppliers["A"].organisation.trade_name, "eligible"),
        (2, suppliers["D"].organisation.trade_name, "not confirmed"),
        (3, suppliers["B"].organisation.trade_name, "not confirmed"),
        (4, suppliers["C"].organisation.trade_name, "nearly"),
    ]
    assert [rank for rank, _score in rows[0].opinions] == [1, 1, 1]
    assert rows[0].supplier.address == f"/admin/suppliers/supplier/{suppliers['A'].pk}/change/"
    text = unescape(answer.content.decode())
    for told in (
        "vector: each column divided by its length",
        "Kendall's τ-b",
        "sum of regrets: 0.5",
        "50.0",
    ):
        assert told in text
    assert text.count("<polyline") == 4


@pytest.mark.parametrize(
    ("language", "told"),
    [
        (
            "en",
            [
                "TOPSIS puts {C} before {B}: distances count squared",
                "VIKOR proposes {A} alone: it has a clear lead.",
                "Nobody has set weights: the usual ones count.",
                "linear: shortfalls as shares of each column's width",
            ],
        ),
        (
            "vi",
            [
                "TOPSIS xếp {C} trước {B}: khoảng cách được tính bình phương",
                "VIKOR chỉ đề xuất {A}: có khoảng cách dẫn đầu rõ ràng.",
                "Chưa ai đặt trọng số: dùng trọng số mặc định.",
                "linear: phần thiếu hụt tính theo tỷ lệ trên độ rộng của mỗi cột",
            ],
        ),
    ],
)
def test_disagreements_and_proposals_are_explained_in_the_reader_s_language(
    viewer: Client,
    buyer: Principal,
    suppliers: dict[str, Supplier],
    requirement: Requirement,
    language: str,
    told: list[str],
) -> None:
    row = shortlist(buyer, requirement, *(suppliers[name] for name in "ABC"))

    text = text_of(viewer, page_of(row), language)

    names = {name: firm.organisation.trade_name for name, firm in suppliers.items()}
    for sentence in told:
        assert sentence.format(**names) in text


def test_another_normalisation_is_asked_for_and_named(viewer: Client, run: MatchRun) -> None:
    assert "minmax: each column from its least to its largest</td>" in text_of(
        viewer, page_of(run, "normalisation=minmax")
    )
    assert viewer.get(page_of(run, "normalisation=log")).status_code == 404


def test_lists_of_one_none_and_without_a_requirement_have_a_page(
    viewer: Client, buyer: Principal, suppliers: dict[str, Supplier], requirement: Requirement
) -> None:
    one = text_of(viewer, page_of(shortlist(buyer, requirement, suppliers["A"])))
    none = text_of(viewer, page_of(shortlist(buyer, requirement)))
    homeless = shortlist(buyer, None)

    assert (one.count("<polyline"), none.count("<polyline")) == (1, 0)
    assert 'class="number">–</td>' in one
    assert "Say first which requirement the shortlist is for." in text_of(viewer, page_of(homeless))
    assert viewer.get(page_of(homeless, "normalisation=vector&file=csv")).status_code == 404


def test_the_orders_are_taken_as_files(viewer: Client, suppliers: dict[str, Supplier], run: MatchRun) -> None:
    csv = b"".join(viewer.get(page_of(run, "normalisation=vector&file=csv")))
    xlsx = b"".join(viewer.get(page_of(run, "normalisation=max&file=xlsx")))

    lines = csv.decode("utf-8-sig").splitlines()
    assert lines[0] == (
        "Our order,Id,Firm,Eligibility,Score,TOPSIS: rank,TOPSIS: score,VIKOR: rank,VIKOR: score,"
        "PROMETHEE II: rank,PROMETHEE II: score"
    )
    assert lines[1].startswith(
        f"1,{suppliers['A'].public_id},{suppliers['A'].organisation.trade_name},eligible,0.775,1"
    )
    book = load_workbook(BytesIO(xlsx))
    assert book.sheetnames == ["Orders", "Methods", "Disagreements", "Weights"]
    assert book["Orders"].max_row == 5
    assert book["Methods"]["B2"].value == "max: each column divided by its largest"
    assert viewer.get(page_of(run, "normalisation=max&file=pdf")).status_code == 404


def test_people_of_firms_and_strangers_find_nothing(buyer: Principal, run: MatchRun) -> None:
    for browser in (browser_of(buyer), Client()):
        answer = browser.get(page_of(run))
        assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, "/admin/login/")
    assert browser_of(member("agency")).get(page_of(run).replace(f"/{run.pk}/", "/0/")).status_code == 404


def test_a_page_costs_the_same_queries_for_one_supplier_and_for_many(
    viewer: Client, buyer: Principal, suppliers: dict[str, Supplier], requirement: Requirement
) -> None:
    firms = [make.published_supplier() for _firm in range(20)]
    for firm in firms:
        make.capability(firm)
    counts = []
    for row in (shortlist(buyer, requirement, suppliers["A"]), shortlist(buyer, requirement, *firms)):
        viewer.get(page_of(row))
        with CaptureQueriesContext(connection) as queries:
            text_of(viewer, page_of(row))
        counts.append(len(queries))

    assert counts[0] == counts[1] <= 40


# How weights were found.


def test_weights_that_nobody_set_and_that_were_given_are_told_apart(requirement: Requirement) -> None:
    assert weights_found(requirement) == "Nobody has set weights: the usual ones count."

    Criterion.objects.filter(requirement=requirement).update(weight=2.0)

    assert weights_found(requirement) == "Given directly, as figures."


@pytest.mark.parametrize(
    ("method", "judgement", "told"),
    [
        (
            "rank_order",
            [["tolerance"], ["process"], ["lead_time"]],
            "Found by order (rank-order centroids), on {day}.",
        ),
        (
            "pairwise",
            CONTRADICTORY,
            (
                "Found by comparison of pairs (AHP), on {day}, consistency ratio 1.15. The comparisons contradict each "
                "other; least in agreement: Process, Tolerance, Lead time. Taken nevertheless: So agreed."
            ),
        ),
        ("best_worst", BEST_WORST, "Found by best and worst (BWM), on {day}, consistency ratio 0.04."),
    ],
)
def test_the_requirement_s_page_says_how_its_weights_were_found(
    viewer: Client, buyer: Principal, requirement: Requirement, method: str, judgement: Any, told: str
) -> None:
    services.weigh_requirement(
        requirement_id=requirement.pk, method=method, judgement=judgement, reason="So agreed.", by=buyer
    )

    day = timezone.localdate(Weighing.objects.get().found_at).strftime("%d/%m/%Y")
    text = text_of(viewer, f"/admin/buyers/requirement/{requirement.pk}/change/")
    assert told.format(day=day) in text


def test_a_run_tells_how_the_weights_of_its_day_were_found(
    viewer: Client, buyer: Principal, requirement: Requirement
) -> None:
    order = [["tolerance"], ["process"], ["lead_time"]]
    services.weigh_requirement(requirement_id=requirement.pk, method="rank_order", judgement=order, by=buyer)
    run = services.freeze_matches(requirement_id=requirement.pk, by=buyer)
    later = {"criteria": {"tolerance": {"mode": "must", "weight": 5.0}}}
    change_requirement(requirement_id=requirement.pk, values=later, by=buyer)

    assert "Found by order (rank-order centroids)" in text_of(viewer, page_of(run))
    requirement.refresh_from_db()
    assert weights_found(requirement) == "Given directly, as figures."
