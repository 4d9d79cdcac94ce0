"""What `make check` runs beside the tools: each module is one check of our own."""
