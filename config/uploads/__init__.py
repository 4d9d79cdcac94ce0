"""Files that people send: what is taken, under which name. Every upload of the product goes through `check_upload`."""

from config.uploads.checking import TYPES, CheckedFile, check_upload, check_uploads
from config.uploads.names import safe_name
from config.uploads.quota import check_room
from config.uploads.refusals import FileTooLargeError

__all__ = ["TYPES", "CheckedFile", "FileTooLargeError", "check_room", "check_upload", "check_uploads", "safe_name"]
