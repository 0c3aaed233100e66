from django.core.management.base import BaseCommand, CommandError

from enrollment import chain
from enrollment.models import ChainHead


class Command(BaseCommand):
    help = (
        "Checks every signature of the logbook and how they follow each other; fails with what does not hold."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--noted",
            action="append",
            default=[],
            metavar="NUMBER:DIGEST",
            help="A link noted elsewhere, from a letter or a log line, that the chain must still have; repeatable.",
        )

    def handle(self, *, noted, **options):
        found = list(chain.faults(heads=dict(read(line) for line in noted)))
        for sentence in found:
            self.stderr.write(sentence)
        if found:
            raise CommandError(f"{len(found)} of the logbook’s promises are broken.")
        head = ChainHead.objects.filter(pk=1).first()
        words = f"It ends at link {head.count}: {head.digest}" if head else "Nothing is signed yet."
        self.stdout.write(f"The logbook is as it was signed. {words}")


def read(line: str) -> tuple[int, str]:
    number, _colon, digest = line.partition(":")
    if not number.isascii() or not number.isdecimal() or len(digest) < 8:
        raise CommandError("Write a noted link as 12:abcdef01, with at least 8 signs of its digest.")
    return int(number), digest
