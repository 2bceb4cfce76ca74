"""Time series: tables of stamps and values, regular grids, chronological splits and windows."""
