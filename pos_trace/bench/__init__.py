"""Measured ratios to yardsticks of the same run."""
