from django.core.management.base import BaseCommand, CommandError

from enrollment.invariants import INVARIANTS


class Command(BaseCommand):
    help = "Says of each promise on which the records rest how often it was checked and broken; fails on any breach."

    def handle(self, **options):
        broken = [invariant for invariant in INVARIANTS if not self.keeps(invariant)]
        if broken:
            raise CommandError(f"{len(broken)} of {len(INVARIANTS)} invariants are broken.")

    def keeps(self, invariant) -> bool:
        finding = invariant()
        mark = "BROKEN" if finding.breaches else "ok"
        self.stdout.write(
            f"{mark:6}  {finding.checked:6} checked  {len(finding.breaches):4} breaches  {invariant.__doc__}"
        )
        for breach in finding.breaches[:20]:
            self.stdout.write(f"        {breach}")
        return not finding.breaches
