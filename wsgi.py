"""The WSGI application; nothing else."""

from ccr.app import create_app

app = create_app()
