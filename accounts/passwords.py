"""Which passwords are too easy to guess."""

import re
from typing import Any

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

FEWEST_SIGNS = 5
"""Whoever takes fewer different signs than these was not serious."""
SITE_WORDS = frozenset({"matchmaking", "supplier", "suppliers", "buyer", "hanoi", "vietnam", "admin", "fdi"})
"""What somebody who knows this site tries first."""


class NotCommonValidator(CommonPasswordValidator):
    """Refuses the 20,000 commonest passwords, also with digits and signs put around them, such as `Password2026!`,
    words of this site, and a few signs over and over. Passphrases are welcome.
    """

    def validate(self, password: str, user: Any = None) -> None:
        words = [word for word in re.split(r"[\W\d_]+", password.casefold()) if word]
        is_common = not self.passwords.isdisjoint({password.casefold().strip(), "".join(words)})
        is_of_this_site = bool(words) and SITE_WORDS.issuperset(words)
        if is_common or is_of_this_site or len(set(password)) < FEWEST_SIGNS:
            raise ValidationError(_("This password is too common."), code="password_too_common")
