# Sourced by run and test: a virtual environment of this clone, with kg installed from the working tree.
# Nothing outside the clone is touched, apart from Debian packages where a test needs a browser.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

python=${PYTHON:-python3}
if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    echo "kg needs Python 3.11 or newer; name one with PYTHON=/path/to/python3" >&2
    exit 2
fi

install_kg() { # install_kg EXTRAS
    [ -x .venv/bin/python ] || "$python" -m venv .venv
    # Again only when what is asked for has changed: the second run starts at once.
    local wanted
    wanted="$1 $(cksum <pyproject.toml)"
    if [ "$(cat .venv/installed 2>/dev/null || true)" != "$wanted" ]; then
        echo "Installing kg[$1] into .venv …" >&2
        .venv/bin/python -m pip install --quiet --disable-pip-version-check --editable ".[$1]"
        echo "$wanted" >.venv/installed
    fi
    export PATH="$PWD/.venv/bin:$PATH"
}
