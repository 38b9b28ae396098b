"""Ledgers in databases and warehouses: added up where they are, so that only sums come over the wire."""
