"""The second migration by subject: what a real market's night needs beyond the first house."""
