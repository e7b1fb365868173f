"""Times of official prose: periods, spans of years, deadlines."""
