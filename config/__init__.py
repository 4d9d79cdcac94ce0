"""Settings, errors and API plumbing. Names apps only as strings."""
