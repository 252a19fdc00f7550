"""What both roles' routes share: log-in, problems, idempotency, headers, public pages."""
