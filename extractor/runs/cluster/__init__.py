"""One run on many machines: Ray Data reads blocks of documents, Parquet holds them."""
