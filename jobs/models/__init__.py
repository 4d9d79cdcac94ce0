"""Rows that wait to be worked on, long work that people ask for, and requests that were carried out once."""

from jobs.models.due_row import ATTEMPTS, DueRow, DueRowQuerySet
from jobs.models.idempotency import IdempotencyKey
from jobs.models.job import Job, ResultPart

__all__ = ["ATTEMPTS", "DueRow", "DueRowQuerySet", "IdempotencyKey", "Job", "ResultPart"]
