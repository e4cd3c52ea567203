"""Event streams over HTTP (RFC 8040 section 6): what happens, as server-sent events."""
