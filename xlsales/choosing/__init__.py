"""The exact choice of activities under hours, money and what goes together, and how sure it is; pure."""
