import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("courses", "0009_questions_policies_marks")]

    operations = [
        migrations.CreateModel(
            name="Listing",
            fields=[
                (
                    "course",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="courses.course",
                    ),
                ),
                ("kind", models.CharField(max_length=16)),
                ("mode", models.CharField(max_length=16)),
                ("enrolment", models.CharField(max_length=16)),
                ("award", models.CharField(max_length=160)),
                ("position", models.PositiveSmallIntegerField()),
                ("title", models.CharField(max_length=160)),
                ("professions", models.TextField()),
                ("subjects", models.TextField()),
                ("procedures", models.TextField()),
            ],
            options={"verbose_name": "listing", "verbose_name_plural": "listings"},
        ),
    ]
