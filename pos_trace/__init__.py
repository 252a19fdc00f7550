"""pos_trace: traceability beside the tills of Vietnamese markets and supermarkets."""
