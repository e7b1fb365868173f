"""Gold, arms and what they score."""
