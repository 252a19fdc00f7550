"""PDF, XLSX and SVG documents. Knows core only."""
