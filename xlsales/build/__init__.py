"""Text becomes a workbook."""
