"""The model client: requests, answers, retries, prices; the only SDK here."""
