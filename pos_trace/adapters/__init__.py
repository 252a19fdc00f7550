"""Other systems, each behind one small adapter. Knows core only."""
