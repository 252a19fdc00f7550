"""Routes and pages of the node beside the tills."""
