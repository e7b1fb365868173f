"""What the store works out of stored rows and keeps beside them, for the views."""
