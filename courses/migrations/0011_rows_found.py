from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("courses", "0010_listing")]

    operations = [
        migrations.AlterField(
            model_name="searchdocument",
            name="kind",
            field=models.CharField(
                choices=[
                    ("module", "Module"),
                    ("topic", "Topic"),
                    ("row", "Clinical row"),
                    ("article", "Article"),
                ],
                max_length=8,
            ),
        ),
        migrations.AddField(
            model_name="searchdocument",
            name="plain",
            field=models.TextField(null=True),
        ),
        # Loading the catalog fills an empty index, now with clinical rows.
        migrations.RunSQL("DELETE FROM courses_searchentry", migrations.RunSQL.noop),
    ]
