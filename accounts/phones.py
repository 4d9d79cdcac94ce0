"""Telephone numbers as E.164."""

import phonenumbers
from django.utils.translation import gettext_lazy as _

from config.errors import InvalidFactError

HOME_REGION = "VN"


def e164(text: str, *, pointer: str) -> str:
    """A number such as +842438123456, from any common way of writing it; "" stays "".

    Numbers without a country code are Vietnamese.

    Raises:
        InvalidFactError: at `pointer`, where no telephone can have this number.
    """
    if not text.strip():
        return ""
    try:
        number = phonenumbers.parse(text, HOME_REGION)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or number.extension or not phonenumbers.is_valid_number(number):
        raise InvalidFactError(_("This is not a valid telephone number."), pointer=pointer)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
