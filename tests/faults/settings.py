"""The product as a developer runs it, but quick to take over from the dead, and with a receiver on this machine."""

from datetime import timedelta

from config.settings.development import *  # noqa: F403
from config.settings.development import LIMITS

LIMITS = dict.fromkeys(LIMITS, "1000000/minute")
EMAIL_LEASE = REACTION_LEASE = JOB_LEASE = timedelta(seconds=5)
WEBHOOK_LEASE = timedelta(seconds=8)
WEBHOOK_TIMEOUT_SECONDS = 2.0
WEBHOOK_REST = timedelta(seconds=3)
WEBHOOKS_MAY_GO_TO_LOOPBACK = True
EMAIL_TIMEOUT = 2
METRICS_ARE_OPEN = True
