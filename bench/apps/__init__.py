"""Programs that the benchmarks start: ours with a trigger, and what it is compared with."""
