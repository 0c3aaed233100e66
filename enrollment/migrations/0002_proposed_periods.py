from django.db import migrations

# Proposals of the site, to be confirmed or changed by the institute; until then they delete nothing.
PROPOSED_DAYS = {"draft": 180, "ended": 365, "course": 730, "seen": 1095}
PICTURES_OF_REGISTERS = {"ended": 365, "course": 730}


def propose_periods(apps, schema_editor):
    clocks = apps.get_model("enrollment", "RetentionClock").objects
    for kind, periods in (("", PROPOSED_DAYS), ("register-page", PICTURES_OF_REGISTERS)):
        for start, days in periods.items():
            clocks.get_or_create(start=start, kind=kind, defaults={"days": days})


class Migration(migrations.Migration):
    dependencies = [("enrollment", "0001_initial")]

    operations = [migrations.RunPython(propose_periods, migrations.RunPython.noop)]
