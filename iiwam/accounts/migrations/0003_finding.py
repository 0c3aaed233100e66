from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations

# As the admin asks: case left aside, the words anywhere in the column. SQLite reads the rows.
CREATE = (
    "CREATE INDEX people_by_trigrams ON accounts_user USING gin"
    " (upper(email::text) gin_trgm_ops, upper(full_name::text) gin_trgm_ops) WITH (fastupdate = off)"
)


def index(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(CREATE)


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX people_by_trigrams")


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_cache_tables")]

    operations = [TrigramExtension(), migrations.RunPython(index, drop)]
