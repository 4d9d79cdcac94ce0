"""Django's registration of the app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MatchmakingConfig(AppConfig):
    """Who meets what, how well and why; and what follows from it."""

    name = "matchmaking"
    verbose_name = _("Matchmaking")

    def ready(self) -> None:
        from matchmaking.exports.jobs import register_exports
        from matchmaking.reactions import close_audiences, subscribe_to_all
        from matchmaking.retention import forget_match_pairs, forget_match_runs
        from notifications.signals import event_published
        from privacy import retention

        subscribe_to_all()
        register_exports()
        retention.register("match_runs", forget_match_runs)
        retention.register("match_pairs", forget_match_pairs)
        event_published.connect(close_audiences, dispatch_uid="matchmaking.close_audiences")
