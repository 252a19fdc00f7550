"""Threads, beats and child processes that call services in a loop; the server."""
