"""The folder of the assignment is a link to another student's."""


def make(folder):
    folder.rmdir()
    folder.symlink_to("@RUN@/submissions/honest/vault", target_is_directory=True)
