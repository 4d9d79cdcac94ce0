"""How hard hypothesis tries: `HYPOTHESIS_PROFILE=long` for fourteen times as many cases, and fresh ones each time."""

import os

from hypothesis import HealthCheck, settings

settings.register_profile(
    "short",
    max_examples=100,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.register_profile("long", settings.get_profile("short"), max_examples=1400, derandomize=False)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "short"))
