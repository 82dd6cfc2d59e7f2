# Sourced by run.sh and test.sh: Python, its packages, Debian's packages, front-end files.
# Every function may run again at any time and does nothing where nothing is to do.
# shellcheck shell=bash

program=${0##*/}
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
venv=$root/.venv
python=$venv/bin/python
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
# A program that is interrupted may end as if nothing had been (npm does): we end all the same.
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore PYTHONUTF8=1
cd "$root" || exit 1

say() { printf '%s\n' "$*"; }

fail() {
  printf '%s: %s\n' "$program" "$*" >&2
  exit 1
}

# step TEXT COMMAND...: says what is done before doing it, and how long it took if one had to wait.
step() {
  local text=$1 start=$SECONDS code=0
  shift
  say "$text …"
  "$@" || code=$?
  ((SECONDS - start < 2 || code)) || say "  took $((SECONDS - start)) s"
  return "$code"
}

# quietly COMMAND...: shows what the command said only if it fails.
quietly() {
  "$@" >"$scratch/said" 2>&1 </dev/null && return
  local code=$?
  tail -n 40 "$scratch/said" | sed 's/^/  /' >&2
  return "$code"
}

# Tells whether Debian's packages may be installed without asking anybody anything.
may_install() {
  command -v apt-get >/dev/null || return 1
  [ "$(id -u)" = 0 ] || { command -v sudo >/dev/null && sudo -n true 2>/dev/null; }
}

apt_get() {
  local -a as_root=()
  [ "$(id -u)" = 0 ] || as_root=(sudo -n)
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get -q -y -o DPkg::Lock::Timeout=120 -o Acquire::Retries=2 "$@"
}

# install_debian PACKAGE...
install_debian() {
  [ -n "${package_list_is_fresh-}" ] || quietly apt_get update || return
  package_list_is_fresh=yes
  quietly apt_get install --no-install-recommends "$@"
}

# Prints the first Python that the pinned packages are made for.
find_python() {
  local name
  for name in ${CCR_PYTHON:-python3 python3.11 python3.12 python3.13 python3.14}; do
    if "$name" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))' \
      2>/dev/null; then
      command -v "$name"
      return
    fi
  done
  return 1
}

# Fingerprint of files: a stamp that holds it says that these very files were dealt with.
fingerprint() {
  "$python" -c '
import hashlib, pathlib, sys
print(hashlib.sha256(b"".join(pathlib.Path(p).read_bytes() for p in sys.argv[1:])).hexdigest())
' "$@"
}

is_stamped() { [ -f "$1" ] && [ "$(cat "$1")" = "$2" ]; }

make_venv() {
  "$python" -c 'import pip' 2>/dev/null && return
  local base
  if ! base=$(find_python); then
    may_install || fail "Python 3.11 to 3.14 is needed; install it (Debian: apt-get install python3 python3-venv) and start again"
    step "Installing Debian's Python" install_debian python3 python3-venv ||
      fail "Debian's Python could not be installed; see the lines above"
    base=$(find_python) || fail "this Debian's Python is too old: 3.11 to 3.14 is needed"
  fi
  if ! "$base" -c 'import ensurepip, venv' 2>/dev/null; then
    may_install || fail "$base cannot make environments; install its venv package (Debian: apt-get install python3-venv) and start again"
    step "Installing Debian's python3-venv" install_debian python3-venv ||
      fail "python3-venv could not be installed; see the lines above"
  fi
  step "Making a Python environment in .venv" quietly "$base" -m venv --clear "$venv" ||
    fail "the environment could not be made; see the lines above"
}

# install_pinned FILE TEXT: installs a hash-checked list once for each version of that list.
install_pinned() {
  local stamp=$venv/.installed-${1%.txt} mark
  local -a how=(--quiet --progress-bar off)
  mark=$(fingerprint "$1")
  is_stamped "$stamp" "$mark" && return
  [ ! -t 1 ] || how=()
  # Flask-Principal is published as source only, so sources are allowed; hashes are checked.
  # The list is whole, so nothing is left to resolve: pip's resolver refuses a list whose packages
  # ask for an extra ("coverage[toml]") as soon as a newer release than the pinned one appears.
  step "$2" "$python" -m pip install "${how[@]}" --require-hashes --no-deps -r "$1" </dev/null ||
    fail "the packages of $1 could not be installed; see the lines above"
  quietly "$python" -m pip check ||
    fail "the packages of $1 do not fit together; see the lines above"
  printf '%s' "$mark" >"$stamp"
}

# The front-end files make the pages nicer, never possible: nothing here is fatal.
install_front_end() {
  local stamp=static/vendor/.stamp no_npm=$venv/.npm-not-to-be-had mark
  mark=$(fingerprint package-lock.json .ci/environment.sh)
  is_stamped "$stamp" "$mark" && return
  if ! command -v npm >/dev/null && [ ! -e "$no_npm" ] && may_install; then
    step "Installing Debian's nodejs" install_debian nodejs || true
    command -v npm >/dev/null || step "Installing Debian's npm" install_debian npm || true
    command -v npm >/dev/null || : >"$no_npm"
  fi
  if ! command -v npm >/dev/null; then
    say "npm is not here: pages use the system's font and load whole (all of it works)."
    return
  fi
  if step "Fetching front-end files" quietly npm ci --omit=dev --loglevel=error &&
    copy_front_end; then
    printf '%s' "$mark" >"$stamp"
  else
    say "The front-end files could not be fetched: pages use the system's font and load whole."
  fi
}

copy_front_end() {
  local font=node_modules/@fontsource-variable/atkinson-hyperlegible-next
  local htmx=node_modules/htmx.org
  local cytoscape=node_modules/cytoscape
  mkdir -p static/vendor/fonts &&
    cp "$font/files/atkinson-hyperlegible-next-latin-wght-normal.woff2" \
      static/vendor/fonts/atkinson-hyperlegible-next-latin.woff2 &&
    cp "$font/LICENSE" static/vendor/fonts/LICENSE &&
    cp "$htmx/dist/htmx.min.js" static/vendor/htmx.min.js &&
    cp "$htmx/LICENSE" static/vendor/htmx.LICENSE &&
    cp "$cytoscape/dist/cytoscape.min.js" static/vendor/cytoscape.min.js &&
    cp "$cytoscape/LICENSE" static/vendor/cytoscape.LICENSE
}

make_environment() {
  make_venv
  install_pinned requirements.txt "Installing Python packages (about half a minute)"
  install_front_end
}
