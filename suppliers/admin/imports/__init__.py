"""Lists of firms for staff: from the file to the firms, page by page. Every act is that of the API."""

from suppliers.admin.imports.pages import ImportAdmin
from suppliers.admin.imports.places import ListingAdmin

__all__ = ["ImportAdmin", "ListingAdmin"]
