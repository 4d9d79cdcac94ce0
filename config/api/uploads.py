"""Files on their way in, as one part of a form. What goes out is `config.api.files`."""

from collections.abc import Mapping
from typing import IO, Any, ClassVar

from django.utils.http import parse_header_parameters
from django.utils.translation import gettext as _
from rest_framework.exceptions import ErrorDetail, ParseError, ValidationError
from rest_framework.parsers import DataAndFiles, MultiPartParser
from rest_framework.request import Request

from config.api.parsers import check_whole
from config.uploads import FileTooLargeError
from config.uploads.checking import MOST_BYTES

FORM_BYTES = 64 * 1024
"""Room for the form around a file."""
REPLACED = "\ufffd"
"""What Django's parser leaves where bytes are no UTF-8: what somebody wrote is lost there."""


class UploadParser(MultiPartParser):
    """A form (multipart/form-data) of which each part is there once. It is refused by its length before it is read.

    `several` are names of parts that may hold more than one file; all files of a form together are not longer than one
    alone may be.
    """

    several: ClassVar[frozenset[str]] = frozenset()

    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """Parts by name: texts, and files as `UploadedFile`, in a list where there may be several.

        Raises:
            FileTooLargeError: the request is longer than the largest file and its form.
            ParseError, ValidationError: it is no form, was cut off, a part is there twice, or is not in UTF-8.
        """
        request: Request = (parser_context or {})["request"]
        boundary = parse_header_parameters(media_type or "")[1].get("boundary", "")
        announced, counted = int(request.META.get("CONTENT_LENGTH") or 0), _Counted(stream, f"--{boundary}".encode())
        if announced > MOST_BYTES + FORM_BYTES:
            detail = _("The file has more than %(most)s MB.")
            if self.several:
                detail = _("The files have more than %(most)s MB together.")
            raise FileTooLargeError(detail % {"most": MOST_BYTES // 1024**2}, most_bytes=MOST_BYTES)
        try:
            parsed = super().parse(counted, media_type, parser_context)  # type: ignore[arg-type]
        except UnicodeError:
            raise ParseError(_("The form cannot be read.")) from None
        parts = [*parsed.data.lists(), *parsed.files.lists()]
        names = [name for name, values in parts for _value in values]
        may_repeat = self.several - parsed.data.keys()
        if repeated := {name for name in names if names.count(name) > 1 and name not in may_repeat}:
            _close(parsed.files)
            raise ValidationError({name: [_("Given more than once.")] for name in sorted(repeated)})
        if damaged := {name for name, values in parts for value in values if REPLACED in getattr(value, "name", value)}:
            _close(parsed.files)
            raise ValidationError({name: [ErrorDetail(_("This is not in UTF-8."), "not_utf8")] for name in damaged})
        try:
            check_whole(counted.bytes_read, announced)
            if len(names) < counted.delimiters - 1:  # the last one ends the form
                raise ParseError(_("A part of the form cannot be read: it has no name, or is not in UTF-8."))
        except ParseError:
            _close(parsed.files)
            raise
        files = {name: files if name in self.several else files[-1] for name, files in parsed.files.lists()}
        return DataAndFiles(parsed.data.dict(), _Files(files))


class _Counted:
    """A stream that knows how much was read of it, and how many delimiters: Django passes over parts that it cannot
    read."""

    def __init__(self, stream: IO[bytes], delimiter: bytes) -> None:
        self.stream, self.delimiter = stream, delimiter
        self.bytes_read = self.delimiters = 0
        self._tail = b""

    def read(self, size: int = -1) -> bytes:
        part = self.stream.read(size)
        self.bytes_read += len(part)
        seen = self._tail + part
        self.delimiters += seen.count(self.delimiter)
        self._tail = seen[len(seen) - len(self.delimiter) + 1 :] if len(seen) >= len(self.delimiter) else seen
        return part


class _Files(dict[str, Any]):
    """The files by name, in a form in which Django finds them to close them after the request."""

    def lists(self) -> list[tuple[str, list[Any]]]:
        return [(name, files if isinstance(files, list) else [files]) for name, files in self.items()]


def _close(files: Any) -> None:
    for _name, those in files.lists():
        for file in those:
            file.close()
