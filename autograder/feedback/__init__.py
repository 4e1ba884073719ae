"""Feedback pages: self-contained HTML files for students. See docs/feedback.md.

text · tables            what of a student's own text and HTML may stand on a page
contents → cells         a notebook → the student's cells and what they showed
marks · gradebook        what people gave
page                     one result → one page, pure
shelf → writing          a course and its results → files
"""

from autograder.feedback.writing import Options, Report, write

__all__ = ["Options", "Report", "write"]
