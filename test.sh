#!/usr/bin/env bash
# Checks CCR. See ./test.sh --help.
set -euo pipefail

usage() {
  cat <<'TEXT'
Usage: ./test.sh [--full] [ARGUMENTS FOR PYTEST]

Makes the environment, then runs lint, types, import contracts, template and security checks, and
all tests: browser and both databases included. The last line is pytest's summary.

  --full     run the concurrency, fault and fuzz tests at full size
  ARGUMENTS  go to pytest in place of "-n 2", e.g. ./test.sh tests/domain -k routing
TEXT
}

full='' arguments=()
for argument in "$@"; do
  case $argument in
  --full) full=yes ;;
  -h | --help) usage && exit ;;
  *) arguments+=("$argument") ;;
  esac
done

# shellcheck source=.ci/environment.sh
source "$(dirname "${BASH_SOURCE[0]}")/.ci/environment.sh"

has_browser() { command -v chromium || command -v chromium-browser || command -v google-chrome; }

has_fonts() { [ -d /usr/share/fonts/truetype/dejavu ] || ! command -v apt-get; }

has_postgres() { command -v initdb || compgen -G '/usr/lib/postgresql/*/bin/initdb'; }

# The tests look for these programs themselves and skip, with a reason, what they cannot run.
install_test_programs() {
  local -a missing=()
  has_browser >/dev/null || missing+=(chromium)
  has_fonts >/dev/null || missing+=(fonts-dejavu-core)
  has_postgres >/dev/null || missing+=(postgresql)
  if [ ${#missing[@]} -gt 0 ] && may_install; then
    step "Installing Debian's ${missing[*]}" install_debian "${missing[@]}" || true
  fi
  has_browser >/dev/null || say "No Chromium: browser tests will be skipped."
  has_postgres >/dev/null || say "No PostgreSQL: tests on it will be skipped."
}

check() {
  local text=$1
  shift
  step "$text" "$@" </dev/null || fail "$text: failed; see the lines above. No test was run."
}

check_all() {
  check "Style" "$python" -m ruff check --quiet .
  check "Format" "$python" -m ruff format --check --quiet .
  check "Types" "$python" -m mypy --no-error-summary
  check "Import contracts" quietly "$python" -c \
    'import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports())'
  check "Templates" quietly "$python" -m djlint templates --lint
  check "Security" "$python" -m bandit -q -r ccr -c pyproject.toml
}

make_environment
install_pinned requirements-dev.txt "Installing packages for the checks"
install_test_programs
check_all
[ -z "$full" ] || export CCR_TEST_FULL=1
# Thousands of small databases are made and thrown away: in memory where there is room for them.
if [ -w /dev/shm ] && [ "$(df --output=avail /dev/shm | tail -n 1)" -gt 4000000 ]; then
  TMPDIR=$(mktemp -d /dev/shm/ccr-test.XXXXXX)
  export TMPDIR
  chmod 755 "$TMPDIR"
  trap 'rm -rf "$TMPDIR"' EXIT
fi
[ ${#arguments[@]} -gt 0 ] || arguments=(-n 2)
say "Tests …"
code=0
"$python" -m pytest "${arguments[@]}" </dev/null || code=$?
exit "$code"
