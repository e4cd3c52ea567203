"""Dynamic subscriptions (RFC 8639), to streams and to data (RFC 8641), over RESTCONF (RFC 8650)."""
