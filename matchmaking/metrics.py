"""How the catalogue stands, for Prometheus."""

import time
from collections.abc import Iterator

from prometheus_client.core import GaugeMetricFamily, Metric

from matchmaking import catalogue
from matchmaking.catalogue.shelf import shelf


def catalogue_metrics() -> Iterator[Metric]:
    """Version and age of what rankings read, as the process that answers has it."""
    version = catalogue.version()
    yield GaugeMetricFamily(
        "catalogue_version", "Transaction below which every change is in the catalogue.", value=version.horizon
    )
    yield GaugeMetricFamily(
        "catalogue_taxonomy_version", "Version of the taxonomy in the catalogue.", value=version.taxonomy
    )
    yield GaugeMetricFamily(
        "catalogue_changed_suppliers", "Suppliers that have changed since its file was made.", value=version.changed
    )
    try:
        age = time.time() - shelf().path.stat().st_mtime
    except FileNotFoundError:
        return  # each process has its own, in memory
    yield GaugeMetricFamily("catalogue_base_age_seconds", "Since when its file is unchanged.", value=max(age, 0.0))
