"""What people do: one verb, one function, one module a subject."""
