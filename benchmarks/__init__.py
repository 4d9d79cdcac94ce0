"""Measurements, one command each. Not tests: they print figures, and pass no judgement."""
