"""Promise 7: a POST sent twice with one Idempotency-Key does what it does once, whatever the endpoint."""
