"""xlsales: choose customers and sales activities by facts, in the workbook the company already knows."""

__version__ = "0.5.0"
