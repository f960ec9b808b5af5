# shellcheck shell=bash
# What the other scripts share: system packages, Python, the virtual environment. Sourced with ROOT set.

export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1
VENV="$ROOT/.venv"
PYTHON="$VENV/bin/python"

step() { printf '==> %s\n' "$*"; }
note() { printf '    %s\n' "$*"; }
fail() {
    printf 'LỖI / ERROR: %s\n' "$1" >&2
    shift
    (($# == 0)) || printf '    %s\n' "$@" >&2
    exit 1
}

# Runs one named step; what fails is kept in $failed, and the next step runs all the same.
failed=()
check() {
    local name=$1
    shift
    step "$name"
    "$@" || failed+=("$name")
}

installed() { [[ $(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null) == installed ]]; }

# Runs a command as root: as it is, or through sudo, which may ask for a password on a terminal only.
as_root() {
    if ((EUID == 0)); then
        "$@"
    elif command -v sudo >/dev/null && { [[ -t 0 ]] || sudo -n true 2>/dev/null; }; then
        sudo "$@"
    else
        return 77
    fi
}

# Installs Debian or Ubuntu packages that are missing. "a|b" names one package that newer systems call b.
need_packages() {
    local spec name missing=() wanted=() found
    for spec in "$@"; do
        found=
        for name in ${spec//|/ }; do
            if installed "$name"; then found=1; fi
        done
        [[ $found ]] || missing+=("$spec")
    done
    ((${#missing[@]})) || return 0
    command -v apt-get >/dev/null || fail "missing system packages: ${missing[*]}" \
        "This is not Debian or Ubuntu; install what corresponds to them and start again."
    if ((EUID != 0)) && ! command -v sudo >/dev/null; then
        fail "missing system packages: ${missing[*]//|*/}" \
            "Run as root:  apt-get install ${missing[*]//|*/}" "and start again; nothing else needs root."
    fi
    # A name that apt does not know may only mean that its lists were never fetched.
    local refreshed=
    for spec in "${missing[@]}"; do
        name=$(known_to_apt "$spec") || {
            if [[ ! $refreshed ]]; then
                step "Fetching the lists of system packages (apt-get update)"
                apt_get update
                refreshed=1
            fi
            name=$(known_to_apt "$spec") || fail "this system has no package ${spec//|/ or }"
        }
        wanted+=("$name")
    done
    step "Installing system packages: ${wanted[*]}"
    if ! apt_get install "${wanted[@]}"; then
        # Old lists name versions that the mirror has replaced since.
        [[ ! $refreshed ]] || fail "apt-get could not install ${wanted[*]}"
        apt_get update
        apt_get install "${wanted[@]}" || fail "apt-get could not install ${wanted[*]}"
    fi
}

known_to_apt() {
    local name
    for name in ${1//|/ }; do
        # Not `apt-cache show`: it knows purely virtual names as well.
        if [[ $(LC_ALL=C apt-cache policy "$name" 2>/dev/null) =~ Candidate:\ [^\(] ]]; then
            printf '%s' "$name"
            return
        fi
    done
    return 1
}

apt_get() {
    local status=0 log
    log=$(mktemp)
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o Dpkg::Use-Pty=0 --no-install-recommends "$@" \
        >"$log" 2>&1 </dev/null || status=$?
    if ((status == 77)); then
        rm -f "$log"
        fail "system packages are missing and sudo cannot ask for a password here" \
            "Run as root:  apt-get $*" "and start again; nothing else needs root."
    fi
    ((status == 0)) || tail -n 15 "$log" >&2
    rm -f "$log"
    return "$status"
}

find_python() {
    local name
    for name in python3.11 python3 python3.12 python3.13 python3.14; do
        if command -v "$name" >/dev/null && "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$name"
            return
        fi
    done
    return 1
}

make_venv() {
    # Not its mere presence: the Python that it was made with may be gone.
    if "$PYTHON" -m pip --version >/dev/null 2>&1; then return; fi
    local python version
    if ! python=$(find_python); then
        need_packages python3 python3-venv
        python=$(find_python) || fail "Python 3.11 or newer is needed, and this system's python3 is older" \
            "Install python3.11 and python3.11-venv (Ubuntu 22.04 has both) and start again."
    fi
    version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    # Debian splits ensurepip off; a Python built by hand has it.
    "$python" -c 'import ensurepip' 2>/dev/null || need_packages "python$version-venv"
    step "Creating .venv with Python $version"
    rm -rf "$VENV"
    "$python" -m venv "$VENV" || fail "could not create $VENV"
}

# Installs requirements/NAME.txt for each NAME given, unless exactly that file was installed before.
install_requirements() {
    local name file stamp sum
    for name in "$@"; do
        file="$ROOT/requirements/$name.txt" stamp="$VENV/.installed-$name"
        sum=$(sha256sum <"$file")
        [[ -f $stamp && $(<"$stamp") == "$sum" ]] && continue
        step "Installing Python packages of requirements/$name.txt (the first time takes a minute or two)"
        rm -f "$stamp"
        # One line for each large download is progress enough.
        "$PYTHON" -m pip install --require-hashes --no-deps --progress-bar off -r "$file" 2>&1 |
            awk '/^ *Downloading .*MB\)/ { print "    " $2 " " $3 " " $4; fflush() }
                 /^Successfully installed/ { print "    " NF - 2 " packages installed"; fflush() }
                 { last[NR % 15] = $0 }
                 /^ERROR/ { failed = 1 }
                 END { if (failed) for (i = NR + 1; i <= NR + 15; i++) if (last[i % 15] != "") print last[i % 15] }' ||
            fail "could not install requirements/$name.txt" "Is there a network? What was installed is kept; start again."
        printf '%s' "$sum" >"$stamp"
    done
}

# Installs printing/ for the server, as a link to this tree. Its build backend is among the requirements.
install_printing() {
    local stamp="$VENV/.installed-printing" sum
    sum="$ROOT $(sha256sum <"$ROOT/printing/pyproject.toml")"
    [[ -f $stamp && $(<"$stamp") == "$sum" ]] && return
    rm -f "$stamp"
    "$PYTHON" -m pip install --quiet --no-index --no-deps --no-build-isolation -e "$ROOT/printing" ||
        fail "could not install printing/"
    printf '%s' "$sum" >"$stamp"
}

set_up_python() {
    make_venv
    install_requirements "$@"
    install_printing
}

# pyzbar loads libzbar, OpenCV loads libGL and glib, when they are imported.
set_up() {
    need_packages 'libzbar0|libzbar0t64' libgl1 'libglib2.0-0|libglib2.0-0t64'
    set_up_python "$@"
}

# Prints the first free port from $1 on; fails if none of the next 50 is.
free_port() {
    "$PYTHON" - "$1" <<'PY'
import socket, sys
first = int(sys.argv[1])
for port in range(first, min(first + 50, 65536)):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("0.0.0.0", port))
        except OSError:
            continue
    print(port)
    break
else:
    sys.exit(1)
PY
}
