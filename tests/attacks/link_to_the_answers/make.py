"""What is handed in is a link to the reference solution."""


def make(folder):
    (folder / "vault.py").symlink_to("@RUN@/course/reference/vault.py")
