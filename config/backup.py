"""Copies of the database.

python -m config.backup save FILE      write all that is stored to a new file
python -m config.backup restore FILE   put the file's content in place of what is stored, or change nothing

DATABASE_URL says which database. Stop whatever writes to it before a restore, and start the product anew afterwards.
"""

import argparse
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from config.devstack.errors import DevstackError
from config.devstack.programs import client_program

NOTES_OF_TRANSACTIONS = "suppliers_supplierchange"
"""Left empty: numbers of transactions mean nothing in another cluster, and a process that starts reads all firms."""
EMPTY = "DROP SCHEMA public CASCADE; CREATE SCHEMA public"
REFUSE_IF_IN_USE = """
DO $$
BEGIN
    PERFORM pg_stat_clear_snapshot();
    IF EXISTS (
        SELECT FROM pg_stat_activity
        WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()
    ) THEN
        RAISE EXCEPTION 'The database is in use: stop everything that is connected to it first.';
    END IF;
END $$
"""
PATIENCE = {"PGOPTIONS": "-c lock_timeout=10s"}


class BackupError(DevstackError):
    """The copy was not made, or not put back."""


def main(arguments: Sequence[str] | None = None) -> int:
    wishes = _parser().parse_args(arguments)
    try:
        act = save if wishes.act == "save" else restore
        act(wishes.file, database_url=os.environ["DATABASE_URL"])
    except KeyError:
        print("Set DATABASE_URL.", file=sys.stderr)
    except DevstackError as problem:
        print(problem, file=sys.stderr)
    else:
        return 0
    return 1


def save(file: Path, *, database_url: str) -> None:
    """Write the database to a new file, in pg_dump's own compressed form, that only we can read.

    Raises:
        BackupError: the file exists, or the database cannot be read. No file is left half written.
    """
    if file.exists():
        raise BackupError(f"{file} exists already.")
    unfinished = file.with_name(f"{file.name}.unfinished")
    unfinished.touch(mode=0o600)
    try:
        leave_out = f"--exclude-table-data={NOTES_OF_TRANSACTIONS}"
        form = ("--format=custom", "--no-owner", "--no-privileges", leave_out)
        _run("pg_dump", *form, f"--file={unfinished}", f"--dbname={database_url}")
        unfinished.rename(file)
    finally:
        unfinished.unlink(missing_ok=True)


def restore(file: Path, *, database_url: str) -> None:
    """Put the file's content in place of everything in the database, in one transaction.

    Raises:
        BackupError: the file is no whole copy, or the database is in use. Nothing is changed then.
    """
    with TemporaryDirectory() as folder:
        # Read to its end first: what breaks off in the middle must not be put in place of anything.
        script = Path(folder) / "restore.sql"
        _run("pg_restore", "--no-owner", "--no-privileges", f"--file={script}", str(file))
        whole = ("--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1", "--output=/dev/null")
        # Asked once more at the end: whoever came in the meantime would write into what is taken away.
        alone = f"--command={REFUSE_IF_IN_USE}"
        terse = "--set=SHOW_CONTEXT=never"
        _run("psql", *whole, terse, alone, f"--command={EMPTY}", f"--file={script}", alone, f"--dbname={database_url}")


def _parser() -> argparse.ArgumentParser:
    form = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(prog="python -m config.backup", description=__doc__, formatter_class=form)
    parser.add_argument("act", choices=["save", "restore"])
    parser.add_argument("file", type=Path)
    return parser


def _run(program: str, *arguments: str) -> None:
    command = [str(client_program(program)), *arguments]
    ran = subprocess.run(command, env={**os.environ, **PATIENCE}, stdin=subprocess.DEVNULL, capture_output=True)
    if ran.returncode != 0:
        raise BackupError(ran.stderr.decode(errors="replace").strip() or f"{program} failed.")


if __name__ == "__main__":
    sys.exit(main())
