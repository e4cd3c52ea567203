"""XPath and subtree filters of clients, bounded in what they may cost."""
