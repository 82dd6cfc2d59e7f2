"""How gunicorn serves CCR: `gunicorn wsgi:app`, started by run.sh."""

import os
import sys
from logging import Handler
from pathlib import Path

from gunicorn.glogging import Logger

from ccr.adapters.logs import JsonFormatter


class QuietLogger(Logger):
    """Gunicorn's own lines without the values in them: its errors would name paths and queries."""

    def setup(self, cfg):
        """Set gunicorn's handlers up, then render them as ours."""
        super().setup(cfg)
        handlers: list[Handler] = self.error_log.handlers
        for handler in handlers:
            handler.setFormatter(JsonFormatter())


bind = os.environ.get("CCR_BIND", "127.0.0.1:8000")
worker_class = "gthread"
workers = int(os.environ.get("CCR_WEB_WORKERS", "2"))
threads = int(os.environ.get("CCR_WEB_THREADS", "4"))
# The directory snapshot is read once and shared by the workers.
preload_app = True
control_socket_disable = True
timeout = 60
graceful_timeout = 15
keepalive = 5
umask = 0o077
limit_request_line = 4094
limit_request_fields = 50
limit_request_field_size = 8190
# Our own line per request has the route's pattern; an access log would have the path and query.
accesslog = None
errorlog = "-"
loglevel = "warning"
logger_class = QuietLogger
if Path("/dev/shm").is_dir():  # noqa: S108 -- memory, so that a slow disk never looks like a dead worker
    worker_tmp_dir = "/dev/shm"  # noqa: S108 -- the same


def on_starting(server):
    """Refuse to start where a demo network would be reached from elsewhere or send real mail.

    Then read the directories, so that the workers share them. Called before any socket is open.
    """
    from ccr.domain.errors import CcrError  # noqa: PLC0415 -- the application is loaded by now
    from ccr.services.demo_guard import check_start  # noqa: PLC0415
    from ccr.services.routing import make_ready  # noqa: PLC0415
    from ccr.storage.db import db  # noqa: PLC0415

    app = server.app.wsgi()
    # A path is a socket file: who comes through it cannot be told.
    hosts = [place[0] if isinstance(place, tuple) else place for place in server.cfg.address]
    try:
        with app.app_context():
            check_start(app.extensions["ccr_world"].settings, hosts)
            make_ready(app.extensions["ccr_world"])
            db.engine.dispose()
    except CcrError as error:
        sys.stderr.write(f"The web server cannot start: {error}\n")
        sys.exit(2)


def post_fork(server, worker):
    """Leave the parent's database connections to the parent: two processes must not share one."""
    del server
    from ccr.storage.db import db  # noqa: PLC0415 -- after the fork, in the worker

    with worker.app.wsgi().app_context():
        db.engine.dispose(close=False)
