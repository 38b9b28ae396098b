"""What a sheet is: the declaration, cells to frames, frames to cells, and the words users read."""
