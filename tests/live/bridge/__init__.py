"""From VBA in LibreOffice to our Python in the same process."""
