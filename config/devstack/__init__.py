"""PostgreSQL 18 and Valkey for development and tests, without Docker and without root.

`python -m config.devstack run [--test] -- COMMAND` runs a command beside the servers.
"""
