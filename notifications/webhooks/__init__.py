"""Telling the software of organisations what happened, after the Standard Webhooks specification."""
