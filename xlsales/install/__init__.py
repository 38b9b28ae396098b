"""Placing the add-in for one person, without administrator rights, and telling why it does not work."""

from xlsales.install.doctor import examine
from xlsales.install.findings import Finding
from xlsales.install.machine import Machine, this_machine, tongue
from xlsales.install.places import NAME
from xlsales.install.placing import Delivery, install, remove

__all__ = ["NAME", "Delivery", "Finding", "Machine", "examine", "install", "remove", "this_machine", "tongue"]
