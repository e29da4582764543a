"""The parts of `benchmarks/voice.py`: players, a listener, figures, verdicts and targets."""
