from django.core.management import call_command
from django.db import migrations


def create_cache_tables(apps, schema_editor):
    # Repeats safely, and does nothing where a cache lives outside the database.
    call_command("createcachetable", database=schema_editor.connection.alias, verbosity=0)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [migrations.RunPython(create_cache_tables, migrations.RunPython.noop)]
