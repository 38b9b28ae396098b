"""Text becomes a VBA project: modules, compression, the project's streams and the file that holds them."""

from xlsales.build.vba.modules import Module, basic_module, document_module, read_module
from xlsales.build.vba.project import project_file

__all__ = ["Module", "basic_module", "document_module", "project_file", "read_module"]
