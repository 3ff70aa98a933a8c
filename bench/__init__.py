"""Benchmarks. `python -m bench.all` runs them and writes `docs/performance.md`."""
