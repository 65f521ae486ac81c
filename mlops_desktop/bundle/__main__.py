"""``python -m bundle``: score a file, serve HTTP, or check that the bundle is whole."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
from pathlib import Path

from .errors import DamagedBundleError, InputError, NewerModelError
from .files import CheckedFiles, InFolder, open_bundle
from .scorer import Scorer
from .self_test import check
from .server import PredictionServer
from .tables import score_csv_file


def main(arguments: list[str] | None = None) -> int:
    """Do what the command line asks; the exit status: 0 done, 1 an input or bundle that can't be used."""
    given = _parser().parse_args(arguments)
    place = Path(given.bundle) if given.bundle else own_place()
    try:
        return int(given.run(open_bundle(place), given))
    except (InputError, DamagedBundleError, NewerModelError) as error:
        sys.stderr.write(f"{error}\n")
    except OSError as error:
        sys.stderr.write(f"{error.filename or place}: {error.strerror or error}\n")
    except ModuleNotFoundError as error:
        sys.stderr.write(f"The package {error.name} is missing: pip install -r requirements.txt\n")
    return 1


def own_place() -> Path:
    """The folder or ``.pyz`` that this code lies in."""
    here = Path(__file__).resolve().parent.parent
    return here


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bundle", description=__doc__)
    parser.add_argument("--bundle", metavar="PLACE", help="another bundle's folder or .pyz")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    score = commands.add_parser("score", help="score a CSV file")
    score.add_argument("input", type=Path)
    score.add_argument("output", type=Path)
    score.set_defaults(run=_score)
    serve = commands.add_parser("serve", help="answer POST /invocations")
    port = os.environ.get("AIP_HTTP_PORT") or os.environ.get("PORT") or "8080"
    serve.add_argument(
        "--port", type=int, default=int(port), help="default: $PORT or 8080; 0 takes a free one"
    )
    serve.add_argument("--host", default="127.0.0.1", help="default: this computer only")
    serve.set_defaults(run=_serve)
    checking = commands.add_parser("check", help="compare checksums and score the recorded rows again")
    checking.add_argument("--json", action="store_true", help="one JSON document")
    checking.set_defaults(run=_check)
    requirements = commands.add_parser("requirements", help="print what pip must install")
    requirements.set_defaults(run=_requirements)
    return parser


def _load(files: CheckedFiles) -> Scorer:
    return Scorer.load(InFolder(files, "model/"))


def _score(files: CheckedFiles, given: argparse.Namespace) -> int:
    summary = score_csv_file(_load(files), given.input, given.output)
    sys.stderr.write("".join(f"{note}\n" for note in summary.notes))
    sys.stderr.write(f"{summary.rows:,} rows scored: {given.output}\n")
    return 0


def _serve(files: CheckedFiles, given: argparse.Namespace) -> int:
    server = PredictionServer(_load(files), given.host, given.port, os.environ.get("BUNDLE_TOKEN", ""))
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    sys.stderr.write(f"Listening on http://{given.host}:{server.server_port}/invocations\n")
    sys.stderr.flush()
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        return 0
    finally:
        server.server_close()
    return 0


def _check(files: CheckedFiles, given: argparse.Namespace) -> int:
    found = check(files)
    if given.json:
        sys.stdout.write(json.dumps(found) + "\n")
    else:
        word = "The bundle is whole" if found["ok"] else "The bundle does not predict what was recorded"
        sys.stdout.write(
            f"{word}: {found['files']} files, {found['rows']} rows scored again by {found['runtime']}, "
            f"largest difference {found['largest_difference']:.3g}, {found['labels_differ']} labels differ.\n"
        )
    return 0 if found["ok"] else 1


def _requirements(files: CheckedFiles, given: argparse.Namespace) -> int:
    sys.stdout.write(files.read("requirements.txt").decode())
    return 0


if __name__ == "__main__":
    sys.exit(main())
