"""Courses as nbgrader knows them: their tests sit in cells of the notebook.

The same scores as ``nbgrader autograde``, but a test cell is evaluated in the trusted process,
where the names that the student defined stand for what lives in the sandbox.
"""
