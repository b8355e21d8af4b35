"""`python -m maintenance_desktop.cli`."""

import sys

from maintenance_desktop.cli.program import main

sys.exit(main())
