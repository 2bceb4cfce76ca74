"""Records: rows of numbers and categories without an order in time."""
