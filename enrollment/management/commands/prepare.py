import hashlib
import io
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = (
        "Brings this installation up to date, safe to repeat: migrates, loads the catalog, applies roles, makes the "
        "first keys that sign certificates, adds sample "
        "intakes to an empty demo, creates the first member of staff, collects static files when they changed."
    )

    def add_arguments(self, parser):
        parser.add_argument("--no-samples", action="store_true", help="add no sample intakes")
        parser.add_argument("--no-static", action="store_true", help="leave static files as they are")

    def handle(self, *, no_samples, no_static, **options):
        call_command("migrate", verbosity=0, interactive=False)
        call_command("load_catalog", verbosity=0)
        call_command("load_form", verbosity=0)
        call_command("sync_roles", verbosity=0)
        call_command("issuer_keys", stdout=io.StringIO())
        if not no_samples and settings.LOCAL_DEMO:
            call_command("load_samples")
        call_command("create_first_staff")
        if not no_static:
            self.collect_static()
        self.stdout.write(f"Ready at {settings.SITE_URL}")

    def collect_static(self):
        """Compressing takes seconds, so an unchanged set is left alone."""
        stamp = Path(settings.STATIC_ROOT) / ".fingerprint"
        fingerprint = sources_fingerprint()
        if not stamp.exists() or stamp.read_text() != fingerprint:
            call_command("collectstatic", verbosity=0, interactive=False, clear=True)
            stamp.write_text(fingerprint)


def sources_fingerprint() -> str:
    digest = hashlib.sha256((settings.BASE_DIR / "requirements.txt").read_bytes())
    for path in sorted((settings.BASE_DIR / "static").rglob("*")):
        if path.is_file():
            digest.update(
                f"{path.relative_to(settings.BASE_DIR)} {path.stat().st_size} {path.stat().st_mtime_ns}".encode()
            )
    return digest.hexdigest()
