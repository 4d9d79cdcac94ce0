"""Vietnamese writes 1.200, which Django leaves out."""

NUMBER_GROUPING = 3
