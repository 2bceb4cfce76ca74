"""What runs cells over time, and what joins them into a network."""
