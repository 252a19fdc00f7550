"""What every role's web parts share."""
