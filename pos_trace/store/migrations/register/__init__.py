"""The parts of the third migration, by subject."""
