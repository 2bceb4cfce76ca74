"""What every package may use: atomic writes, argument checks, progress bars."""
