"""Rows of the shared vocabulary. Every code that another app stores points here."""

from taxonomy.models.entries import Entry, Material, Process, Sector
from taxonomy.models.industries import Industry, IndustrySuccession
from taxonomy.models.located import Located
from taxonomy.models.places import Corridor, IndustrialPark, Province
from taxonomy.models.standards import Standard
from taxonomy.models.terms import Kind, Source, Term
from taxonomy.models.version import TaxonomyVersion

__all__ = [
    "Corridor",
    "Entry",
    "IndustrialPark",
    "Industry",
    "IndustrySuccession",
    "Kind",
    "Located",
    "Material",
    "Process",
    "Province",
    "Sector",
    "Source",
    "Standard",
    "TaxonomyVersion",
    "Term",
]
