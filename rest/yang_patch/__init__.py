"""YANG Patch (RFC 8072): many edits in one request, each with its status."""
