#!/bin/sh
# Run a Python that is new enough, or say how to get one. No Python is needed to read this.
set -u
wanted='import sys; sys.exit(sys.version_info < (3, 11))'
for python in ${PYTHON:+"$PYTHON"} python3 python3.13 python3.12 python3.11 python; do
    if "$python" -c "$wanted" 2>/dev/null; then
        exec "$python" "$@"
    fi
done
cat >&2 <<'MESSAGE'
Palabre needs Python 3.11 or newer, and none was found.
  Debian 12 or newer, Ubuntu 24.04 or newer:  sudo apt-get install python3 python3-venv
  Fedora:                                     sudo dnf install python3
  elsewhere:                                  https://www.python.org/downloads/
If it is installed under another name:        make run PYTHON=/path/to/python3.11
MESSAGE
exit 1
