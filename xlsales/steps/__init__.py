"""The method: one pure step per file, from frames to frames."""
