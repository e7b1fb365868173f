"""What the tables, views and columns of each subject mean, in words."""
