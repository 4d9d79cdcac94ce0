"""The whole product on one machine, with demo data: what `make demo` runs."""
