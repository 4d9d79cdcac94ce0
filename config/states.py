"""State machines: a model says which moves it draws, and no other move happens."""

from collections.abc import Collection, Mapping
from typing import Any, ClassVar

from django.utils.translation import gettext as _

from config.errors import TransitionError

Transitions = Mapping[str, Collection[str]]
"""The states that can follow each state."""


def states_before(to: str, transitions: Transitions) -> frozenset[str]:
    """The states from which a move leads to the state `to`."""
    return frozenset(state for state, following in transitions.items() if to in following)


class Stateful:
    """For models with `state` and `state_reason`. `TRANSITIONS` gives the states that can follow each state."""

    TRANSITIONS: ClassVar[Transitions]

    def move(self: Any, to: str, *, reason: str = "", only_from: str | None = None) -> None:
        """Enter the state `to`. Call it on a row that is locked; it does not save.

        Args:
            only_from: for an act that leads to `to` from just one of the states that do.

        Raises:
            TransitionError: no such move is drawn. Nothing is changed.
        """
        drawn = to in self.TRANSITIONS.get(self.state, ()) and only_from in (None, self.state)
        if not drawn:
            detail = _("From “%(now)s” this step is not possible.") % {"now": self.get_state_display()}
            raise TransitionError(detail, current_state=str(self.state), asked_state=str(to))
        self.state = to
        self.state_reason = reason
