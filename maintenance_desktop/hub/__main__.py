"""`python -m maintenance_desktop.hub`: the same as `maintenance-hub`."""

import sys

from maintenance_desktop.hub.cli import main

if __name__ == "__main__":
    sys.exit(main())
