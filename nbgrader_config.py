"""This course as nbgrader's own commands see it, when they are started in this folder.

The notebooks in ``release/`` are made by ``autograder release``; nbgrader hands them out, collects
them and shows them. Its source notebooks hold the answers and are never kept in the repository:
``autograder gradebook`` writes them into ``build/source/``, and the graded ones into
``build/autograded/``. What people give is in ``gradebook.db``, which nothing here removes.
"""

import os
from pathlib import Path

from autograder.notebook.stub import TEXTS
from autograder.release import STUBS

LANGUAGE = "fr"  # the language handed out; "en" for the English notebooks

c = get_config()  # noqa: F821 - traitlets defines it

c.CourseDirectory.course_id = "cnn"
c.CourseDirectory.root = str(Path(__file__).resolve().parent)

# nbgrader adds {student_id}/{assignment_id}; while releasing, the student is "."
c.CourseDirectory.source_directory = "build/source"
c.CourseDirectory.release_directory = f"release/{LANGUAGE}"
# `make lab` shows the made-up students where nobody has handed in anything yet.
c.CourseDirectory.submitted_directory = os.environ.get("AUTOGRADER_SUBMISSIONS", "submissions")
c.CourseDirectory.autograded_directory = "build/autograded"
c.CourseDirectory.feedback_directory = "build/feedback"
c.CourseDirectory.solution_directory = "build/solution"

c.ClearSolutions.code_stub = {"python": STUBS[LANGUAGE]}
c.ClearSolutions.text_stub = TEXTS[LANGUAGE]
c.ClearMarkScheme.enforce_metadata = False  # they stand in locked cells: see release/manual.py
