"""Gold: hand-labelled records, who labelled them, and whether they are well formed."""
