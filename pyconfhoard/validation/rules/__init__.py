"""One small rule per YANG keyword. Each looks at one node and yields what is wrong there.

A rule is made once for a schema node, knows where its statement stands, and keeps nothing between
questions; what one validation shares is kept in its :class:`~pyconfhoard.validation.cursor.Document`.
Error-tags and app-tags are those of RFC 7950 section 15.
"""
