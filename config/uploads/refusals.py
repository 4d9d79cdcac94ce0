"""How a file is refused."""

from typing import NoReturn

from django.utils.translation import gettext_lazy as _

from config.errors import GoneError, InvalidFactError, Text, TooLargeError


class FileTooLargeError(TooLargeError):
    """More bytes than are taken. `most_bytes` says how many are."""

    code = "file_too_large"
    title = _("The file is too large.")


class FileLostError(GoneError):
    """What is known of the file is there, its content is not."""

    code = "document_lost"
    title = _("This file is no longer there. Ask who sent it to send it again.")


def refuse(code: str, detail: Text) -> NoReturn:
    """Say what is wrong with the file of the field `file`.

    Raises:
        InvalidFactError: always.
    """
    raise InvalidFactError(detail, pointer="/file", code=code)


def refuse_damaged() -> NoReturn:
    """For a file that does not keep to its own format, whether by accident or on purpose."""
    refuse("file_damaged", _("The file is damaged, or not what its name says."))


def refuse_active() -> NoReturn:
    """For a file that could do something when it is opened."""
    refuse("file_active", _("The file contains macros, scripts or embedded files. Save it without them."))


def refuse_enormous() -> NoReturn:
    """For a small file that becomes a very large one."""
    refuse("file_enormous", _("The file becomes too large when it is opened."))
