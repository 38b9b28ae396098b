"""An open workbook, reached through the object model of a running spreadsheet program."""
