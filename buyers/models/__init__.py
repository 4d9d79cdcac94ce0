"""Buyers, their plants, and what they need."""

from buyers.models.asked import Criterion, Operation, RequirementVersion
from buyers.models.attachment import RequirementAttachment
from buyers.models.audience import RequirementAudience
from buyers.models.buyer import Buyer
from buyers.models.plant import Plant
from buyers.models.requirement import FAR_KM, HIDES_BUYER, NEAR_KM, Requirement, RequirementQuerySet

__all__ = [
    "FAR_KM",
    "HIDES_BUYER",
    "NEAR_KM",
    "Buyer",
    "Criterion",
    "Operation",
    "Plant",
    "Requirement",
    "RequirementAttachment",
    "RequirementAudience",
    "RequirementQuerySet",
    "RequirementVersion",
]
