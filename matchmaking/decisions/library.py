"""pymcdm without its pictures.

The package imports its plots with it, and they matplotlib, which takes seconds in a new process and looks for all fonts
of the machine in the first one. The methods need none of it.
"""

import sys
from importlib import import_module
from types import ModuleType

PLOTS = "pymcdm.visuals"


def pymcdm(part: str) -> ModuleType:
    """A module of pymcdm, such as `methods`. Half a second to import, for those who ask."""
    if "pymcdm" not in sys.modules:
        sys.modules[PLOTS] = ModuleType(PLOTS)
        try:
            import_module("pymcdm")
        finally:
            sys.modules.pop(PLOTS, None)  # who wants plots imports the real ones
    return import_module(f"pymcdm.{part}")
