"""Devices: paper, printers, photos. Knows core only and keeps nothing."""
