"""Parts of `benchmarks/cell_table.py`: tasks, measures, the cache of results, and the page."""
