"""Pure rules: values in, values and reasons out. No I/O, no clock, no framework."""
