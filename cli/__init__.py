"""The command line: a client of the hoard over HTTP, with a grammar made from the model."""
