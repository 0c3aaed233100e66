from django.db import migrations

# As the admin asks: case left aside, the words anywhere in the column. SQLite reads the rows.
CREATE = (
    "CREATE INDEX applications_by_trigrams ON enrollment_application USING gin"
    " (upper(reference::text) gin_trgm_ops, upper(legal_name::text) gin_trgm_ops) WITH (fastupdate = off)"
)
# Proposals of the site, to be confirmed or changed by the institute; until then they delete nothing.
PROPOSED_DAYS = {"ended": 365, "course": 730}


def index(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(CREATE)


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX applications_by_trigrams")


def propose_periods(apps, schema_editor):
    clocks = apps.get_model("enrollment", "RetentionClock").objects
    for start, days in PROPOSED_DAYS.items():
        clocks.get_or_create(start=start, kind="register-page", defaults={"days": days})


class Migration(migrations.Migration):
    # The accounts' migration makes sure of the trigrams.
    dependencies = [
        ("accounts", "0003_finding_and_erasing"),
        ("enrollment", "0005_desk_indexes_and_confirmed_periods"),
    ]

    operations = [
        migrations.RunPython(index, drop),
        migrations.RunPython(propose_periods, migrations.RunPython.noop),
    ]
