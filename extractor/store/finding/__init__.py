"""What is shown, and by which words it is found: kept in step with every write."""
