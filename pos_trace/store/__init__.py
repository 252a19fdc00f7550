"""What is remembered: SQLAlchemy models and the one door to the database. Knows core only."""
