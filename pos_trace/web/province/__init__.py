"""Routes and pages of the node on the Department's side."""
