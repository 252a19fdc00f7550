"""Both nodes on loopback with invented data, played through HTTP."""
