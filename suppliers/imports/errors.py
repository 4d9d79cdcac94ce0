"""What makes a whole file unusable. What is wrong with one row is in the report, not here."""

from django.utils.translation import gettext_lazy as _

from config.errors import ConflictError, GoneError, InvalidFactError


class NotATableError(InvalidFactError):
    """The file is not a table that can be read; the message says what it looks like instead."""

    code = "not_a_table"
    title = _("This file cannot be read as a table.")


class ColumnError(InvalidFactError):
    """The columns do not say what is needed, or say it twice."""

    code = "columns_not_understood"
    title = _("The columns of this file are not understood.")


class NotOursToChangeError(ConflictError):
    """The firm has people of its own, or is no supplier: a list does not speak for it."""

    code = "not_ours_to_change"


class ImportAtWorkError(ConflictError):
    """A worker has the list."""

    code = "import_at_work"
    title = _("This list is being worked on. Wait until that has ended, or cancel it.")


class ImportDoneError(ConflictError):
    """The list is imported; nothing about it can be changed any more."""

    code = "import_done"
    title = _("This list is imported already.")


class PreviewNeededError(ConflictError):
    """What is to be confirmed was not shown yet."""

    code = "preview_needed"
    title = _("Preview the list first: something has changed since, or it was not previewed yet.")


class NothingToImportError(ConflictError):
    """Every row of the preview is skipped: writing it would write nothing."""

    code = "nothing_to_import"
    title = _("There is nothing to import: every row is skipped. The preview says why.")


class ListLostError(GoneError):
    """What is known of the list is there, its file is not."""

    code = "list_lost"
    title = _("The file of this list is no longer there. Upload it again.")


class NothingWrittenError(ConflictError):
    """Rows were skipped, and it was wished that then nothing is written."""

    code = "nothing_written"
    title = _("Nothing was written, because rows were skipped.")
