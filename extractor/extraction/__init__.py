"""An item to its records: strategies, quotes, grounding, the laws."""
