"""Reports: metrics and examples of one evaluation, as tables, JSON and plots."""
