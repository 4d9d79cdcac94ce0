"""What of matchmaking is forgotten by itself."""

from datetime import datetime

from django.db.models.functions import Now

from matchmaking.models import MatchPair, MatchRun


def forget_match_runs(before: datetime) -> int:
    """Those past their last moment, also by the database's clock: it lets no others go. With their lines."""
    past = MatchRun.objects.filter(kept_until__lt=before).filter(kept_until__lt=Now())
    return past.delete()[1].get("matchmaking.MatchRun", 0)


def forget_match_pairs(before: datetime) -> int:
    """Those that left before: when they come back, both sides are told again."""
    return MatchPair.objects.filter(left_at__lt=before).delete()[0]
