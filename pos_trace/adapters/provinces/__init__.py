"""Where records, recalls and conclusions come from."""
