"""What makes a whole file unusable. What is wrong with one row is in the report, not here."""

from django.utils.translation import gettext_lazy as _

from config.errors import InvalidFactError


class NotATableError(InvalidFactError):
    """The file is not a table that can be read; the message says what it looks like instead."""

    code = "not_a_table"
    title = _("This file cannot be read as a table.")


class ColumnError(InvalidFactError):
    """The columns do not say what is needed, or say it twice."""

    code = "columns_not_understood"
    title = _("The columns of this file are not understood.")
