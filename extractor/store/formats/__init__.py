"""Forms of an exported table: rows in, a file for another program out."""
