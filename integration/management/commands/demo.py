"""`manage.py demo`: two merchants' platforms kept in step before your eyes."""

from __future__ import annotations

import signal
import sys
from argparse import ArgumentParser
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from integration.demo import home, live, merchant, report, trade_cast
from integration.demo.merchant import NotConnected
from integration.demo.outside import Refused, Sandbox
from integration.demo.play import cast
from integration.demo.processes import DidNotStart, Processes
from integration.demo.progress import Stuck, Teller
from integration.errors import SyncFailure


class Command(BaseCommand):
    """Starts sandbox, web server and worker, and plays a day of two merchants."""

    help = "Show Weft at work between sandboxed ERPs, shops and books."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Once through, and a real shop in place of the sandbox's."""
        parser.add_argument(
            "--once", action="store_true", help="play once, print the figures, end"
        )
        parser.add_argument("--shop-url", help="a real WooCommerce shop instead")
        parser.add_argument("--shop-key", help="its consumer key (read and write)")
        parser.add_argument("--shop-secret", help="its consumer secret")

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit status 0 only where every promise was kept."""
        given = [options[f"shop_{name}"] for name in ("url", "key", "secret")]
        if any(given) and not all(given):
            raise CommandError("--shop-url, --shop-key and --shop-secret go together.")
        if not home.inside():
            home.enter()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, _interrupt)
        try:
            good = self._play(options)
        except KeyboardInterrupt:
            self.stderr.write("Ended.")
            sys.exit(130)
        except (DidNotStart, NotConnected, Refused, Stuck, SyncFailure) as error:
            raise CommandError(str(error)) from error
        sys.exit(0 if good else 1)

    def _play(self, options: dict[str, Any]) -> bool:
        teller = Teller(sys.stdout)
        with Processes(home.home()) as processes:
            first, second = self._start(teller, processes)
            play = cast(teller, first, _shop(first, options), _is_real(options))
            processes.start("worker", ["manage.py", "runworker"])
            try:
                play.acts()
                trade = trade_cast.cast(teller, second)
                trade.acts(first)
                play.figures.seconds = teller.seconds()
                report.summary(play.figures, trade.figures, sys.stdout)
                if not options["once"]:
                    live.go_on(play, trade)
            finally:
                # What the demonstration registered on a platform leaves with it.
                for left in merchant.leave():
                    teller.say(left)
        if options["once"]:
            report.json_line(play.figures, trade.figures, sys.stdout)
        return play.figures.good() and trade.figures.good()

    def _start(self, teller: Teller, processes: Processes) -> tuple[Sandbox, Sandbox]:
        """Both merchants' platforms, and Weft's web server."""
        teller.title("Starting")
        call_command("migrate", verbosity=0)
        first = settings.WEFT_SANDBOX_PORT
        ports = {"sandbox": first, "second-sandbox": home.free_port()}
        (home.home() / "ports").write_text(" ".join(map(str, ports.values())))
        for name, port in ports.items():
            given = [f"--port={port}", f"--window-scale={home.WINDOWS_SHORTER}"]
            processes.start(name, ["manage.py", "sandbox", *given])
        processes.start("web", ["-m", "gunicorn", "integration.wsgi"])
        for name, port in ports.items():
            processes.wait_for(name, f"{_local(port)}/_control/")
        processes.wait_for("web", f"{settings.WEFT_PUBLIC_URL}/healthz")
        teller.say(f"Weft is at {settings.WEFT_PUBLIC_URL}/")
        teller.say(f"Logs and mail are in {home.home()}")
        teller.say(home.shortened())
        one, two = (Sandbox(_local(port)) for port in ports.values())
        return one, two


def _local(port: int) -> str:
    return f"http://127.0.0.1:{port}"


def _is_real(options: dict[str, Any]) -> bool:
    return bool(options["shop_url"])


def _shop(sandbox: Sandbox, options: dict[str, Any]) -> dict[str, str]:
    """Address and keys of the shop to show: the sandbox's where none is given."""
    sandbox.ask("crystal", "settings", {"order_lookup": True})
    if _is_real(options):
        return {
            "url": options["shop_url"],
            "consumer_key": options["shop_key"],
            "consumer_secret": options["shop_secret"],
        }
    sandbox.ask("woocommerce", "settings", {"currency": "EUR", "country": "GR"})
    shop = sandbox.ask("", "")["woocommerce"]
    return {"url": shop["base_url"], **shop["credentials"]}


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
