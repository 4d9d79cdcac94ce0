"""How an act on a due row says what is to become of the row, and what is refused about jobs."""

from django.utils.translation import gettext_lazy as _

from config.errors import ConflictError, GoneError, NotAllowedError


class PermanentFailureError(Exception):
    """Trying again would not help: the row is given up, with this as the reason."""


class OutOfReachError(Exception):
    """Something that every row of this kind needs is away: this one waits, and the others are not tried now."""


class JobCancelledError(Exception):
    """Somebody wants the job that is running to stop."""


class JobLostError(Exception):
    """Another worker has taken the job over; what this one made of it counts no more."""


class TooManyJobsError(ConflictError):
    """The organisation waits for as many jobs of this kind as it may. `most` says how many."""

    code = "too_many_jobs"
    title = _("Wait until one of your jobs of this kind has ended, or cancel one.")


class JobEndedError(ConflictError):
    """There is nothing left to cancel. `state` says how it ended."""

    code = "job_has_ended"
    title = _("This job has ended already.")


class JobNotFinishedError(ConflictError):
    """There is no result yet, or there never will be. `state` says which."""

    code = "job_not_succeeded"
    title = _("This job has no result, or none yet.")


class ResultExpiredError(GoneError):
    """The file has been deleted."""

    code = "result_expired"
    title = _("The result was kept for some days and has been deleted. Ask for it again.")


class RightsLostError(NotAllowedError):
    """Who asked has left the organisation, or the API key was revoked or has expired."""

    code = "rights_lost"
    title = _("Who asked for this may no longer have it.")
