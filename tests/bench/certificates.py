"""`make bench-certificates`: a thousand certificates through two workers, one of them killed on the way.

COUNT= says how many. Prints how long it took, what one costs, and whether anything is there twice or not at all.
"""

import os
import signal
import subprocess
import sys
import tempfile
import time

COUNT = int(os.environ.get("COUNT") or 1_000)
AT = "2026-03-02T09:00:00+00:00"


def learners(count: int) -> list:
    """Ready for award, each with a supervised case and a passed module, on one intake."""
    from datetime import datetime

    from enrollment.models import Attempt, Enrollment, LogbookEntry, TopicProgress
    from tests.enrollment.learners import assessor, enrolled, module_of
    from tests.factories import ApplicationFactory

    at, first = datetime.fromisoformat(AT), enrolled(cases=1, capacity=count + 5)
    module, signer = module_of(first), assessor()
    applications = [
        ApplicationFactory(intake=first.intake, legal_name=f"Nguyễn Thị {place}", native_name="សុខ ចាន់ដារ៉ា")
        for place in range(count)
    ]
    made = Enrollment.objects.bulk_create(
        Enrollment(application=one, learner=one.applicant, intake=first.intake, enrolled_at=at)
        for one in applications
    )
    TopicProgress.objects.bulk_create(
        TopicProgress(enrollment=one, topic=topic, read_at=at)
        for one in made
        for topic in module.topics.all()
    )
    passed = {
        "number": 1,
        "questions": [],
        "pass_mark": 80,
        "started_at": at,
        "submitted_at": at,
        "is_passed": True,
    }
    Attempt.objects.bulk_create(Attempt(enrollment=one, module=module, **passed) for one in made)
    case = {
        "performed_on": at.date(),
        "patient_code": "P-014",
        "procedure": "Microneedling",
        "area": "Cheeks",
        "phototype": "III",
        "device": "Pen",
        "cartridge_lot": "L1",
        "depth_mm": "1.5",
        "passes": 3,
        "role": "supervised",
        "outcome": "Erythema.",
        "status": "countersigned",
        "assessor": signer,
        "countersigned_at": at,
    }
    LogbookEntry.objects.bulk_create(LogbookEntry(enrollment=one, **case) for one in made)
    return made


def worker() -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "manage.py", "run_worker"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


def waiting(run) -> int:
    return run.lines.filter(outcome="waiting").count()


def work(run) -> tuple[float, float]:
    """Seconds on the clock and seconds of the processors until nothing waits."""
    from django.core.management import call_command

    workers, begun, killed = [worker(), worker()], time.monotonic(), False
    while left := waiting(run):
        time.sleep(0.2)
        if left < COUNT / 2 and not killed:
            killed = True
            workers[0].kill()
            workers[0].wait()
            workers.append(worker())
        if killed and left < COUNT / 4:
            # No job of the dead worker is alive: what it had in hand goes back at once instead of in two minutes.
            call_command("reap_jobs", older_than=20, verbosity=0)
    spent = time.monotonic() - begun
    for process in workers:
        process.send_signal(signal.SIGTERM)
        process.wait()
    used = os.times()
    return spent, used.children_user + used.children_system


def report(run, spent: float, used: float) -> int:
    from enrollment.models import Certificate, Letter, Seal, Sheet

    certificates = Certificate.objects.count()
    counts = {
        "certificates": certificates,
        "learners with one": Certificate.objects.values("enrollment").distinct().count(),
        "signed": Seal.objects.count(),
        "drawn": Sheet.objects.values("certificate").distinct().count(),
        "letters": Letter.objects.filter(name="certificate-issued").count(),
        "refused": run.lines.filter(outcome="refused").count(),
    }
    print(f"{COUNT} certificates: {spent:.1f} s on the clock, {used / COUNT * 1000:.0f} ms of CPU each")
    print(", ".join(f"{name} {number}" for name, number in counts.items()))
    return 0 if set(counts.values()) == {COUNT, 0} else 1


def prepared() -> None:
    import django
    from django.conf import settings
    from django.core.management import call_command

    django.setup()
    # Nobody signs in here, and a thousand good hashes take minutes.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "iiwam.settings")
    os.environ.setdefault("LOG_LEVEL", "ERROR")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["DATA_DIR"] = folder
        prepared()
        from enrollment import award_runs
        from tests.enrollment.learners import registrar

        run = award_runs.start_run(enrollments=learners(COUNT), by=registrar())
        return report(run, *work(run))


if __name__ == "__main__":
    sys.exit(main())
