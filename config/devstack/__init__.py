"""PostgreSQL 18 and Valkey for development and tests, without Docker and without root.

`python -m config.devstack run [--test] -- COMMAND` runs a command beside the servers; `running_servers` does so in Python.
"""

from config.devstack.stack import Servers, running_servers

__all__ = ["Servers", "running_servers"]
