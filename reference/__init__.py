"""The answers: one module per assignment, one function per task. Never given to students."""
