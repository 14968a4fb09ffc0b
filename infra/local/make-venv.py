"""Makes the project's own virtual environment: make-venv.py <folder> <requirements>.

Safe to be interrupted and to be run twice at once: the lock ends with its process, however that ends, and the marker
that calls the environment complete is written last.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import venv


def main(folder: str, requirements: str) -> None:
    with open(requirements, "rb") as file:
        wanted = f"{sys.version}\n{hashlib.sha256(file.read()).hexdigest()}\n"
    os.makedirs(os.path.dirname(folder), exist_ok=True)
    with open(f"{folder}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        marker = os.path.join(folder, "complete")
        if is_complete(marker, wanted):
            return
        shutil.rmtree(folder, ignore_errors=True)
        venv.create(folder, symlinks=True, with_pip=True)
        subprocess.run(
            [os.path.join(folder, "bin", "python"), "-m", "pip", "install", "--quiet", "--no-input"]
            + ["--disable-pip-version-check", "--require-hashes", "--no-deps"]
            # The file names every version, so nothing is resolved; cfn-lint excludes Pythons newer than itself.
            + ["--ignore-requires-python", "--requirement", requirements],
            check=True,
        )
        with open(marker, "w") as file:
            file.write(wanted)


def is_complete(marker: str, wanted: str) -> bool:
    try:
        with open(marker) as file:
            return file.read() == wanted
    except FileNotFoundError:
        return False


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except subprocess.CalledProcessError as error:
        sys.exit(error.returncode)
