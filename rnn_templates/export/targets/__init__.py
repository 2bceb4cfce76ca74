"""Export targets, one file format a module."""
