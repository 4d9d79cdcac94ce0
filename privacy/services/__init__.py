"""What can be done with requests about personal data: an act a function."""

from privacy.services.erasure import carry_out_erasure
from privacy.services.requests import (
    acknowledge_request,
    ask_about_data,
    complete_request,
    extend_request,
    note_request,
    refuse_request,
    withdraw_request,
)

__all__ = [
    "acknowledge_request",
    "ask_about_data",
    "carry_out_erasure",
    "complete_request",
    "extend_request",
    "note_request",
    "refuse_request",
    "withdraw_request",
]
