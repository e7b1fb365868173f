"""A run whose requests are answered in batches: sent, asked about, collected."""
