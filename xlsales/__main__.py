"""``python -m xlsales``."""

import sys

from xlsales.cli import main

sys.exit(main())
