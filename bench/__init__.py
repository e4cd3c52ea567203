"""Benchmarks: what `make bench` prints. Figures are for reading, never for deciding a test."""
