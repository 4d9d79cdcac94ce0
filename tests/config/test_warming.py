"""A new web process reads the catalogue before anybody asks."""

import sys
from typing import Any

import pytest
from django.db import connection
from django.template import Engine
from django.urls import get_resolver
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from buyers.models import Requirement
from config.warming import read_code, warm_up
from matchmaking import catalogue
from matchmaking.catalogue.demand import demand_of
from taxonomy.models import Kind
from taxonomy.questions import parts_of, read_ahead
from tests.factories import matchmaking as make
from tests.factories.suppliers import process, published_supplier
from tests.factories.taxonomy import TermFactory

urlpatterns: list[Any] = []
"""Of a server without pages."""


@pytest.mark.django_db(transaction=True)
def test_after_warming_up_the_catalogue_is_not_read_again(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    firm = published_supplier()
    warm_up()
    connection.ensure_connection()

    with django_assert_num_queries(1):
        snapshot = catalogue.current()

    assert list(snapshot.columns.supplier_ids) == [firm.public_id]


@pytest.mark.django_db(transaction=True)
def test_after_warming_up_what_is_asked_is_not_read_again(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    row = make.requirement()
    warm_up()
    snapshot = catalogue.current()

    with django_assert_num_queries(1):
        asked = demand_of(Requirement.objects.all(), snapshot)

    assert [key.requirement for key in asked.keys.values()] == [row.pk]


@pytest.mark.django_db(transaction=True)
def test_a_database_without_tables_is_left_to_the_first_request(settings: Settings) -> None:
    settings.WARM_UP = ["tests.config.test_warming.read_a_table_that_is_not_there"]

    warm_up()

    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)


@pytest.mark.django_db
def test_after_warming_up_a_search_reads_no_spelling(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    TermFactory.create(process=process("CAST.DIE"), text="Đúc áp lực", language="vi")
    read_ahead()

    with django_assert_num_queries(1):  # whether the vocabulary has changed
        (part,) = parts_of(["duc", "ap", "luc"], kinds=[Kind.PROCESS])

    assert part.codes == ((Kind.PROCESS, "CAST.DIE"),)


def test_addresses_and_templates_of_pages_are_read_before_processes_are_forked() -> None:
    read_code()

    assert all(get_resolver()._reverse_dict.get(language) for language in ("vi", "en"))
    loader: Any = Engine.get_default().template_loaders[0]
    kept = {str(key).partition(".html")[0] for key in loader.get_template_cache}
    assert {"admin/change_list", "admin/saved_filters", "programme/planner", "unfold/helpers/navigation"} <= kept


def test_code_that_is_slow_to_import_is_read_before_processes_are_forked(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert settings.LATE_CODE == ["scipy.optimize"]
    settings.LATE_CODE = ["colorsys"]
    monkeypatch.delitem(sys.modules, "colorsys", raising=False)

    read_code()

    assert "colorsys" in sys.modules


@pytest.mark.urls(__name__)
def test_a_server_without_the_admin_starts() -> None:
    read_code()

    assert get_resolver()._reverse_dict.keys() == {"vi", "en"}


def read_a_table_that_is_not_there() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM not_there")
