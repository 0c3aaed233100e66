from argparse import RawDescriptionHelpFormatter
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.db.models import ProtectedError

from courses.loading import CONTENT, ContentError, Report, load
from courses.loading.shapes import BY_NAME

HELP = """\
Load the catalog from courses/content/ into the database.

Which side wins: the files, until somebody changes a row in the office. From then on that row in the database
wins: it is kept, and named here. --overwrite makes the files win again. Rows that the files no longer hold are
named and stay, unless --prune is given and nothing refers to them. New courses and articles are published once;
one that an editor has unpublished stays unpublished. With a fault anywhere in the files nothing is written."""


class Command(BaseCommand):
    help = HELP

    def create_parser(self, prog_name, subcommand, **kwargs):
        return super().create_parser(
            prog_name, subcommand, formatter_class=RawDescriptionHelpFormatter, **kwargs
        )

    def add_arguments(self, parser):
        parser.add_argument(
            "--overwrite",
            nargs="*",
            metavar="ROW",
            help="let the files win over changes made in the office: for a kind of row (topic), "
            "for one row (topic:microneedling/skin-anatomy-and-physiology/layers), or for all when none is named",
        )
        parser.add_argument("--prune", action="store_true", help="delete rows that the files no longer hold")
        parser.add_argument("--folder", type=Path, default=CONTENT, help="read another folder")

    def handle(self, *args, overwrite, prune, folder, **options):
        rows = [] if overwrite is None else overwrite or ["all"]
        for row in rows:
            if row != "all" and row.partition(":")[0] not in BY_NAME:
                raise CommandError(f"“{row}” is no kind of row. There are: {', '.join(BY_NAME)}.")
        self.show(self.load(folder, overwrite=rows, prune=prune), options["verbosity"])

    def load(self, folder: Path, **wishes) -> Report:
        try:
            return load(folder, **wishes)
        except ContentError as error:
            raise CommandError(f"Nothing was loaded.\n{error}") from error
        except (ProtectedError, DatabaseError) as error:
            raise CommandError(f"Nothing was loaded. The database refused: {error}") from error

    def show(self, report: Report, verbosity: int) -> None:
        for label, rows in (
            ("kept", report.kept),
            ("not in the files", report.gone),
            ("pruned", report.pruned),
        ):
            for row in rows if verbosity else []:
                self.stdout.write(f"{label}: {row}")
        self.stdout.write(
            f"Catalog: {report.created} created, {report.changed} changed, {len(report.kept)} kept, "
            f"{report.unchanged} unchanged."
        )
