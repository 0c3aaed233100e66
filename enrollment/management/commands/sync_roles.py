from django.core.management.base import BaseCommand, CommandError

from enrollment.roles import ROLES, Change, UnknownRight, apply_roles


class Command(BaseCommand):
    help = "Gives each staff role exactly the rights of enrollment/roles.py. Safe to repeat; run it after migrate."

    def handle(self, *, verbosity, **options):
        try:
            changes = apply_roles()
        except UnknownRight as error:
            raise CommandError(f"No app has these rights: {error}. Run migrate first.") from error
        for change in changes if verbosity else []:
            self.show(change)
        if verbosity and not changes:
            self.stdout.write(f"Roles are up to date: {', '.join(ROLES)}.")

    def show(self, change: Change) -> None:
        self.stdout.write(f"{change.role}{' (new)' if change.is_new else ''}")
        for mark, rights in (("+", change.given), ("-", change.taken)):
            for right in rights:
                self.stdout.write(f"  {mark} {right}")
