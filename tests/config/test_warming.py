"""A new web process reads the catalogue before anybody asks."""

import pytest
from django.db import connection
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from buyers.models import Requirement
from config.warming import warm_up
from matchmaking import catalogue
from matchmaking.catalogue.demand import demand_of
from tests.factories import matchmaking as make
from tests.factories.suppliers import published_supplier


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


def read_a_table_that_is_not_there() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM not_there")
