"""What a run made, from one database to another: rows, and Parquet between them."""
