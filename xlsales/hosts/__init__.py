"""Where the tables live: a closed workbook, a live Excel, or memory."""

from xlsales.hosts.port import Host, Place
from xlsales.tables.edit import KEEP, Keep, Link, TableEdit

__all__ = ["KEEP", "Host", "Keep", "Link", "Place", "TableEdit"]
