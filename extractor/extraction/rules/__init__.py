"""The reading without a model: what an item holds, and what each number means."""
