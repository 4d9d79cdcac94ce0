"""Lists as files: all that a reader sees of a list of the API, and nothing more, as csv or xlsx."""
