"""The first migration's tables, by subject; never changed, later migrations add to them."""
