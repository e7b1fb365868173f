"""The statements of each migration, which `migrations` runs."""
