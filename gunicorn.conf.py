"""How the web server runs; options on its command line win over these."""

from pathlib import Path

import environ

env = environ.Env()
env.read_env(Path(__file__).parent / ".env")

bind = f"127.0.0.1:{env.int('WEFT_PORT', default=8080)}"
# Requests wait on the database, and on a platform for a picture alone: threads serve
# them well.
workers = 2
threads = 8
# A proxy in front keeps its connections; one that dies must not hold a thread.
keepalive = 75
timeout = 60
graceful_timeout = 30
accesslog = None
# Nothing steers it from outside; the socket would lie in the home of whoever runs it.
control_socket_disable = True
