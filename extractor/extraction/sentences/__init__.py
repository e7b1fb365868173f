"""Strategy `sentences`: a small tuned model reads sentence by sentence."""
