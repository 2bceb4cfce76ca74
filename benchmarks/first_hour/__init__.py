"""Parts of `benchmarks/first_hour.py`: data, classical baselines, figures and checks."""
