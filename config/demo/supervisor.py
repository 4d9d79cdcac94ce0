"""Keep a set of services running: start again what ends, give up on what keeps ending."""

import time
from collections import defaultdict, deque
from collections.abc import Callable, Sequence

from config.devstack.errors import DevstackError
from config.devstack.processes import Service

TOO_OFTEN = 4
WITHIN_SECONDS = 60.0


class ServiceKeepsEndingError(DevstackError):
    """A service ended again and again right after it was started."""


class Supervisor:
    """Watches services in the order in which they were started."""

    def __init__(self, say: Callable[[str], None], clock: Callable[[], float] = time.monotonic) -> None:
        self.services: list[Service] = []
        self._say = say
        self._clock = clock
        self._ends: defaultdict[str, deque[float]] = defaultdict(lambda: deque(maxlen=TOO_OFTEN))

    def start(self, service: Service) -> None:
        self.services.append(service)
        service.start()

    def look_after(self, services: Sequence[Service]) -> None:
        """Start again those that have ended.

        Raises:
            ServiceKeepsEndingError: one ended for the fourth time within a minute.
        """
        for service in services:
            if service.has_ended:
                self._start_again(service)

    def stop(self) -> None:
        for service in self.services:
            service.ask_to_stop()
        for service in self.services:
            service.wait_until_stopped()

    def _start_again(self, service: Service) -> None:
        ends = self._ends[service.name]
        ends.append(self._clock())
        if len(ends) == TOO_OFTEN and ends[-1] - ends[0] < WITHIN_SECONDS:
            raise ServiceKeepsEndingError(f"{service.name} keeps ending:\n{service.last_words()}")
        self._say(f"{service.name} ended ({service.how_it_ended}) and is started again.")
        service.kill()
        service.start()
