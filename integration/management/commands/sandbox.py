"""Serves every platform's sandbox on one port until it is told to end."""

import signal
import threading
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from integration.sandbox.discovery import find_platforms
from integration.sandbox.server import SandboxServer


class Command(BaseCommand):
    """`manage.py sandbox`: addresses and credentials go to stdout."""

    help = "Serve small copies of the platforms' APIs, for trying Weft without accounts"
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=settings.WEFT_SANDBOX_PORT)
        parser.add_argument(
            "--window-scale",
            type=float,
            default=1.0,
            help="divide the platforms' rate-limit windows by this (default: 1, real)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        scale = options["window_scale"]
        if scale <= 0:
            raise CommandError("--window-scale must be above zero.")
        server = SandboxServer(
            find_platforms(), options["host"], options["port"], scale
        )
        ended = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: ended.set())
        with server:
            self._introduce(server, scale)
            ended.wait()

    def _introduce(self, server: SandboxServer, scale: float) -> None:
        self.stdout.write(f"Sandbox at {server.url} (controls below /_control/)")
        if scale != 1.0:
            self.stdout.write(f"Rate-limit windows are {scale:g} times shorter.")
        for platform in server.platforms():
            self.stdout.write(f"{platform.key}: {platform.context.base_url}")
            for name, value in platform.credentials.items():
                self.stdout.write(f"  {name}: {value}")
        self.stdout.flush()
