"""Rules for the dates of a requirement. Days are those of Vietnam."""

from collections.abc import Mapping
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from buyers.content import Values
from config.errors import InvalidFactError


def check_dates(values: Values) -> None:
    """
    Raises:
        InvalidFactError: answers are due after the start of production.
    """
    answer_by, needed_on = values["answer_by"], values["needed_on"]
    if answer_by is not None and needed_on is not None and answer_by > needed_on:
        detail = _("Answers are due after the start of production.")
        raise InvalidFactError(detail, pointer="/answer_by", code="dates_out_of_order")


def check_not_past(days: Mapping[str, date | None]) -> None:
    """
    Raises:
        InvalidFactError: one of the days, by name of its field, is before today.
    """
    today = timezone.localdate()
    for name, day in days.items():
        if day is not None and day < today:
            raise InvalidFactError(_("This day has passed."), pointer=f"/{name}", code="date_in_the_past")
