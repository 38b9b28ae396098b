"""A closed workbook as its parts: only the text that must change is changed."""
