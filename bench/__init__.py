"""Benchmarks: one script a claim, peers measured in the same run, ratios instead of times."""
