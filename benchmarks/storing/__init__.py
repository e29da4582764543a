"""The parts of benchmarks/store.py: songs that nobody wrote, a database full of them, and what is asked of it."""
