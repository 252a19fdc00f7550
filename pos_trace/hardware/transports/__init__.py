"""Ways for bytes to reach a printer, one file each."""
