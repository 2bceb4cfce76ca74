"""Reports: metrics of one kind of output, as text, JSON and figures."""
