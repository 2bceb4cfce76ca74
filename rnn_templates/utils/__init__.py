"""Utilities of all packages: flat arguments, atomic writes, argument checks, progress bars."""
