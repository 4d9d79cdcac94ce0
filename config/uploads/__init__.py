"""Files that people send: what is taken, under which name. Every upload of the product goes through `check_upload`."""

from config.uploads.checking import TYPES, CheckedFile, check_upload
from config.uploads.names import safe_name
from config.uploads.refusals import FileTooLargeError

__all__ = ["TYPES", "CheckedFile", "FileTooLargeError", "check_upload", "safe_name"]
