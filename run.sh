#!/usr/bin/env bash
# Sets CCR up and runs it. See ./run.sh --help.
set -euo pipefail

usage() {
  cat <<'TEXT'
Usage: ./run.sh [--once] [--port N] [--data DIR] [--no-demo] [--with PATH]

Sets CCR up (Python packages, front-end files, keys, database, an invented demo network), routes
one demo referral here in the terminal, then serves on http://127.0.0.1:8000 until Ctrl-C.
The first start takes a minute or two, the next ones a few seconds.

  --once       stop after the routed referral
  --port N     serve on this port (default 8000)
  --data DIR   keep database, keys and mail here (default data/var)
  --no-demo    no demo network
  --with PATH  instead of the demo: import this directory (CSV file or HSDS package) into the
               network "My network", which is made if there is none
  --help       this text

Everything else is set by the environment; see .venv/bin/flask --app wsgi settings.
TEXT
}

began=$SECONDS
once='' port=8000 data='' demo=yes with='' first_demo=''
started_from=$PWD

# value_of OPTION ARGUMENTS...: refuses an option without its value.
value_of() {
  if [ $# -lt 2 ] || [ -z "$2" ]; then
    printf 'run.sh: %s needs a value; see ./run.sh --help\n' "$1" >&2
    exit 2
  fi
}

absolute() {
  case $1 in
  /*) printf '%s' "$1" ;;
  *) printf '%s/%s' "$started_from" "$1" ;;
  esac
}

while [ $# -gt 0 ]; do
  case $1 in
  --once) once=yes ;;
  --no-demo) demo='' ;;
  --port) value_of "$@" && port=$2 && shift ;;
  --data) value_of "$@" && data=$(absolute "$2") && shift ;;
  --with) value_of "$@" && with=$(absolute "$2") && demo='' && shift ;;
  -h | --help) usage && exit ;;
  *) printf 'run.sh: %s is not an option; see ./run.sh --help\n' "$1" >&2 && exit 2 ;;
  esac
  shift
done
if ! [[ $port =~ ^[0-9]{1,5}$ ]] || ((10#$port < 1 || 10#$port > 65535)); then
  printf 'run.sh: --port needs a number from 1 to 65535\n' >&2
  exit 2
fi
port=$((10#$port))
if [ -n "$with" ] && [ ! -r "$with" ]; then
  printf 'run.sh: %s cannot be read\n' "$with" >&2
  exit 2
fi

# shellcheck source=.ci/environment.sh
source "$(dirname "${BASH_SOURCE[0]}")/.ci/environment.sh"

export CCR_DATA_DIR=${data:-${CCR_DATA_DIR:-$root/data/var}}
export CCR_BASE_URL=${CCR_BASE_URL:-http://127.0.0.1:$port}
export CCR_BIND=127.0.0.1:$port
# In a terminal only what needs a person; set CCR_LOG_LEVEL=info for a line per request.
export CCR_LOG_LEVEL=${CCR_LOG_LEVEL:-warning}

# commands TITLE ARGUMENTS... [-- TITLE ARGUMENTS...]...: runs commands of the site one after the
# other in one process, because starting one takes two seconds. A failing one is the last.
commands() {
  "$python" - "$@" <<'PY' || fail "this step failed; see the lines above"
import itertools
import sys
import time

import click

steps = [list(s) for last, s in itertools.groupby(sys.argv[1:], "--".__eq__) if not last]
for title, *arguments in steps:
    print(f"{title} …", flush=True)
    start = time.monotonic()
    try:
        # Not before the first title is read: this is what takes two seconds.
        from flask.cli import FlaskGroup
        from wsgi import app

        site = FlaskGroup(create_app=lambda: app, name="flask", add_version_option=False)
        code = site.main(arguments, prog_name="flask", standalone_mode=False)
    except (KeyboardInterrupt, click.Abort):
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except Exception as error:
        text = str(error).strip().split("\n")[0]
        print(f"Error: {type(error).__name__}: {text}", file=sys.stderr)
        code = 1
    if type(code) is int and code:
        sys.exit(code)
    if (took := time.monotonic() - start) >= 2:
        print(f"  took {took:.0f} s", flush=True)
PY
}

check_port() {
  "$python" - "$port" <<'PY' || fail "port $port is in use; choose another with --port N"
import socket, sys
with socket.socket() as probe:
    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        probe.bind(("127.0.0.1", int(sys.argv[1])))
    except OSError:
        sys.exit(1)
PY
}

check_data() {
  mkdir -p "$CCR_DATA_DIR" 2>/dev/null || fail "$CCR_DATA_DIR cannot be made; choose another with --data DIR"
  [ -w "$CCR_DATA_DIR" ] || fail "$CCR_DATA_DIR cannot be written to; choose another with --data DIR"
}

prepare() {
  local -a upgrade=("Keys and database in $CCR_DATA_DIR" db upgrade -d ccr/storage/migrations)
  if [ -n "$with" ]; then
    commands "${upgrade[@]}"
    "$python" -m flask --app wsgi network list | grep -qxF "My network" ||
      commands 'Making the network "My network"' network create --name "My network"
    commands "Importing $with" directory import --network "My network" "$with"
  elif [ -n "$demo" ]; then
    [ -e "$CCR_DATA_DIR/ccr.db" ] || first_demo=yes
    local -a story=(-- "One referral, from need to partner" demo story)
    # Told on the first start and whenever it is asked for: it takes longer than a start may.
    [ -n "$first_demo$once" ] || story=()
    commands "${upgrade[@]}" -- "Demo network" demo load "${story[@]}"
  else
    commands "${upgrade[@]}"
  fi
}

web='' worker='' told_to_stop=''

# stop_both REASON: tells both to end what they are at and stop; told twice, it does not wait.
stop_both() {
  local pid again=$told_to_stop
  told_to_stop=$1
  for pid in $web $worker; do
    kill -TERM "$pid" 2>/dev/null || true
    [ -z "$again" ] || kill -KILL -- "-$pid" 2>/dev/null || true
  done
}

# Becomes the command, in a session of its own: Ctrl-C then reaches this script alone, which tells
# both to stop and waits for them.
in_own_session() {
  command -v setsid >/dev/null && exec setsid "$@"
  exec "$python" -c 'import os, sys; os.setsid(); os.execv(sys.argv[1], sys.argv[1:])' "$@"
}

# Waits to the end even when another signal comes in between.
wait_for() {
  [ -n "$1" ] || return 0
  while kill -0 "$1" 2>/dev/null; do wait "$1" || true; done
}

say_address() {
  for _ in {1..300}; do
    [ -z "$told_to_stop" ] && kill -0 "$web" 2>/dev/null || return 0
    if (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
      [ -z "$first_demo" ] || say 'Passwords are not needed: the doorway has one click for each role.'
      [ -n "$demo" ] || say "Accounts are made by: CCR_DATA_DIR='$CCR_DATA_DIR' .venv/bin/flask --app wsgi users create --help"
      say "CCR is at $CCR_BASE_URL (Ctrl-C stops it); started in $((SECONDS - began)) s"
      if [ -n "$demo" ]; then
        say "The demo: open $CCR_BASE_URL/demo and begin with the first story."
      fi
      return
    fi
    sleep 0.1 || true
  done
}

serve() {
  local code=1
  trap 'stop_both INT' INT
  trap 'stop_both TERM' TERM
  trap 'stop_both HUP' HUP
  say "Starting the web server and the worker …"
  in_own_session "$python" -m gunicorn -c gunicorn.conf.py wsgi:app </dev/null &
  web=$!
  in_own_session "$python" -m ccr.jobs.worker </dev/null &
  worker=$!
  say_address
  if [ -n "$told_to_stop" ]; then
    # It may have come before both were there to be told.
    kill -TERM "$web" "$worker" 2>/dev/null || true
  else
    wait -n "$web" "$worker" || true
  fi
  case $told_to_stop in
  INT) code=130 ;;
  TERM) code=143 ;;
  HUP) code=129 ;;
  *)
    say "run.sh: the web server or the worker ended by itself; see the lines above" >&2
    stop_both itself
    ;;
  esac
  wait_for "$web"
  wait_for "$worker"
  say "Stopped."
  exit "$code"
}

make_environment
[ -n "$once" ] || check_port
umask 077 # what follows writes keys and records
check_data
prepare
[ -n "$once" ] || serve
