"""The files of a user."""
