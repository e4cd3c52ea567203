"""Pages of lists (draft-ietf-netconf-list-pagination)."""
