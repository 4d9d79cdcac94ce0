"""Query parameters of the list of jobs."""

from django_filters import rest_framework as filters

from jobs.models import Job
from jobs.models.job import JobQuerySet


class JobFilters(filters.FilterSet):
    kind = filters.CharFilter(label="Kind of job, such as `export`.")
    state = filters.ChoiceFilter(choices=Job.Standing.choices, method="in_state", label="The state.")

    class Meta:
        model = Job
        fields = ["kind", "state"]

    def in_state(self, jobs: JobQuerySet, _name: str, value: str) -> JobQuerySet:
        return jobs.standing_at(value)
