"""Support programmes of the city: who is eligible, applications, and what came of them."""
