"""What workers do, when, and how long things are kept."""

from datetime import timedelta
from typing import Any

from celery.schedules import crontab

from config.settings.environment import REDIS_URL, env

CELERY_BROKER_URL = REDIS_URL
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {
    "visibility_timeout": 600,  # longer than any task may run, or a task would run a second time beside itself
    "unacked_restore_interval": 5,  # what a killed worker held is back this soon after the visibility timeout
    "unacked_restore_throttle": 1,
    "socket_connect_timeout": 1,  # a request that pokes the workers waits no longer than this
    "socket_timeout": 5,
    "socket_keepalive": True,
}
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_SOFT_TIME_LIMIT = 240
CELERY_TASK_TIME_LIMIT = 300
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_WORKER_MAX_TASKS_PER_CHILD = 1000
CELERY_BEAT_SCHEDULE = {
    "deliver what is due": {
        "task": "notifications.tasks.deliver_due",
        "schedule": timedelta(seconds=env.float("DELIVER_EVERY_SECONDS", default=5)),
        "options": {"expires": 5},
    },
    "react to what is due": {
        "task": "notifications.tasks.react_due",
        "schedule": timedelta(seconds=env.float("DELIVER_EVERY_SECONDS", default=5)),
        "options": {"expires": 5},
    },
    "do the jobs that are due": {
        "task": "jobs.tasks.run_due",
        "schedule": timedelta(seconds=env.float("DELIVER_EVERY_SECONDS", default=5)),
        "options": {"expires": 5},
    },
    "delete what came of jobs and has expired": {
        "task": "jobs.tasks.delete_expired",
        "schedule": timedelta(hours=1),
        "options": {"expires": 3600},
    },
    "tell endpoints": {
        "task": "notifications.tasks.tell_endpoints",
        "schedule": timedelta(seconds=env.float("DELIVER_EVERY_SECONDS", default=5)),
        "options": {"expires": 5},
    },
    "end connections": {
        "task": "matchmaking.tasks.end_connections",
        "schedule": timedelta(minutes=10),
        "options": {"expires": 600},
    },
    "ask for outcomes": {
        # In the morning, and every hour until the evening, so that a morning without a scheduler is made up for.
        "task": "matchmaking.tasks.ask_for_outcomes",
        "schedule": crontab(hour="8-18", minute=5),
        "options": {"expires": 3600},
    },
    "sweep attachments": {
        "task": "matchmaking.tasks.sweep_attachments",
        "schedule": crontab(hour=2, minute=40),
        "options": {"expires": 3600},
    },
    "sweep attachments of requirements": {
        "task": "buyers.tasks.sweep_attachments",
        "schedule": crontab(hour=2, minute=35),
        "options": {"expires": 3600},
    },
    "refresh audiences": {
        "task": "matchmaking.tasks.refresh_audiences",
        "schedule": timedelta(hours=1),
        "options": {"expires": 3600},
    },
    "summarise matches": {
        "task": "matchmaking.tasks.summarise_all_matches",
        "schedule": crontab(hour=1, minute=30),
        "options": {"expires": 3600},
    },
    "forget answered requests": {
        "task": "jobs.tasks.forget_answered_requests",
        "schedule": timedelta(hours=1),
        "options": {"expires": 3600},
    },
    "update matches": {
        "task": "matchmaking.tasks.update_matches",
        "schedule": timedelta(seconds=env.float("DELIVER_EVERY_SECONDS", default=5)),
        "options": {"expires": 5},
    },
    "look at open requirements anew": {
        "task": "matchmaking.tasks.look_at_open_requirements_anew",
        "schedule": crontab(hour=0, minute=20),
        "options": {"expires": 3600},
    },
    "look at changes for saved searches": {
        "task": "matchmaking.tasks.look_at_changes",
        "schedule": timedelta(seconds=30),
        "options": {"expires": 30},
    },
    "merge the catalogue": {
        "task": "matchmaking.tasks.merge_catalogue",
        "schedule": timedelta(seconds=env.float("MERGE_EVERY_SECONDS", default=30)),
        "options": {"expires": 30},
    },
    "tell of findings": {
        "task": "matchmaking.tasks.tell_of_findings",
        "schedule": timedelta(minutes=10),
        "options": {"expires": 600},
    },
    "warn of expiring API keys": {
        "task": "accounts.tasks.warn_of_expiring_keys",
        "schedule": timedelta(hours=1),
        "options": {"expires": 3600},
    },
    "expire invitations": {
        "task": "accounts.tasks.expire_invitations",
        "schedule": timedelta(minutes=10),
        "options": {"expires": 600},
    },
    "expire requirements": {
        # Just after midnight in Vietnam, and every hour, so that a night without a scheduler is made up for soon.
        "task": "buyers.tasks.expire_overdue_requirements",
        "schedule": crontab(minute=1),
        "options": {"expires": 3600},
    },
    "warn of ending requirements": {
        # In the morning, and every hour until evening, so that a morning without a scheduler is made up for soon.
        "task": "buyers.tasks.warn_of_ending_requirements",
        "schedule": crontab(minute=10, hour="7-20"),
        "options": {"expires": 3600},
    },
    "look for what grows old": {
        "task": "suppliers.tasks.look_for_what_grows_old",
        "schedule": crontab(minute=20, hour="7-20"),
        "options": {"expires": 3600},
    },
    "send farewells": {
        "task": "privacy.tasks.send_farewells",
        "schedule": timedelta(minutes=1),
        "options": {"expires": 60},
    },
    "forget": {
        "task": "privacy.tasks.forget",
        "schedule": crontab(hour=3, minute=15),
        "options": {"expires": 3600},
    },
    "sweep documents": {
        "task": "suppliers.tasks.sweep_documents",
        "schedule": crontab(hour=2, minute=30),
        "options": {"expires": 3600},
    },
}

LATEST_DUE_ROW = timedelta(seconds=env.float("LATEST_DUE_ROW_SECONDS", default=300))
"""A row that has been due for longer than this makes /readyz fail: the workers are away, or too few."""
DIGEST_AT: str = env.str("DIGEST_AT", default="07:00")
"""When daily e-mails are sent, in each reader's own time zone."""
EMAIL_LEASE = timedelta(seconds=env.float("EMAIL_LEASE_SECONDS", default=30))
"""This long after a worker has died another one sends the message that it had claimed. Workers renew their leases while
they live (jobs.leases), however long sending takes."""
WEBHOOK_TIMEOUT_SECONDS = 15.0
"""How long a receiver of webhooks may take."""
WEBHOOK_REST = timedelta(seconds=30)
"""How long an endpoint is left alone after it failed to answer, with everything that waits for it: one that hangs costs
an attempt in that time, and one that is well again is told within a minute."""
WEBHOOK_LEASE = timedelta(seconds=30)
"""The same as EMAIL_LEASE for telling an endpoint."""
WEBHOOKS_MAY_GO_TO_LOOPBACK = False
"""Whether http://127.0.0.1 is told too: only for tests with a receiver of their own."""
REACTION_LEASE = timedelta(seconds=env.float("REACTION_LEASE_SECONDS", default=30))
"""The same for what apps do in reaction to an event."""
JOB_LEASE = timedelta(seconds=env.float("JOB_LEASE_SECONDS", default=30))
"""The same for long work."""
JOB_RESULTS_KEPT = timedelta(days=env.int("JOB_RESULTS_KEPT_DAYS", default=7))
"""How long the file that a job made can be fetched."""
JOBS_KEPT = timedelta(days=env.int("KEEP_JOBS_DAYS", default=90))
IMPORTS_KEPT = timedelta(days=env.int("KEEP_IMPORTS_DAYS", default=180))
"""How long a list of firms that was sent is kept, with its file, whether it was imported or not."""
MATCHES_SETTLE = timedelta(seconds=env.float("MATCHES_SETTLE_SECONDS", default=60))
"""How long after a change of a requirement or supplier its matches are found anew. What else changes of it meanwhile is
looked at together with it."""
MATCHES_TOLD_EVERY = timedelta(minutes=env.float("MATCHES_TOLD_EVERY_MINUTES", default=60))
"""How often at most a buyer is told of new matches of one requirement, and a supplier of new requirements."""
MATCH_RUNS_KEPT = timedelta(days=env.int("KEEP_MATCH_RUNS_DAYS", default=1825))
"""How long a frozen ranking is kept from the day on which it is frozen. The database deletes none before."""
KEPT_DAYS: dict[str, int] = {
    "messages": env.int("KEEP_MESSAGES_DAYS", default=180),
    "webhook_deliveries": env.int("KEEP_WEBHOOK_DELIVERIES_DAYS", default=90),
    "reactions": env.int("KEEP_REACTIONS_DAYS", default=30),
    "unconfirmed_accounts": env.int("KEEP_UNCONFIRMED_ACCOUNTS_DAYS", default=30),
    "request_details": env.int("KEEP_REQUEST_DETAILS_DAYS", default=730),
    "invitations": env.int("KEEP_INVITATIONS_DAYS", default=90),
    "farewells": env.int("KEEP_FAREWELLS_DAYS", default=7),
    "match_pairs": env.int("KEEP_MATCH_PAIRS_DAYS", default=30),
}
"""After how many days `privacy.retention` forgets rows of each kind."""
