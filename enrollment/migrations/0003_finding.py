from django.db import migrations

# As the admin asks: case left aside, the words anywhere in the column. SQLite reads the rows.
CREATE = (
    "CREATE INDEX applications_by_trigrams ON enrollment_application USING gin"
    " (upper(reference::text) gin_trgm_ops, upper(legal_name::text) gin_trgm_ops) WITH (fastupdate = off)"
)


def index(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(CREATE)


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX applications_by_trigrams")


class Migration(migrations.Migration):
    # The accounts' migration makes sure of the trigrams.
    dependencies = [("accounts", "0003_finding"), ("enrollment", "0002_proposed_periods")]

    operations = [migrations.RunPython(index, drop)]
