"""How the city's programme stands: its figures of a day, what waits for staff, charts, and reports."""
