"""``python -m autograder``, which must not import from the folder it is called in."""

import sys
from pathlib import Path

if sys.path and Path(sys.path[0]).resolve() == Path.cwd() != Path(__file__).parent.parent:
    del sys.path[0]  # a student's click.py may lie there

from autograder.cli import main

main()
