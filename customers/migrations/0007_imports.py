import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0006_merging"),
        ("files", "0002_files_for_their_maker"),
        ("jobs", "0001_initial"),
        ("tenancy", "0003_shown_columns"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ImportChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                ("before", models.JSONField(null=True)),
                ("after", models.JSONField(default=dict)),
                ("at", models.DateTimeField()),
            ],
            options={
                "default_related_name": "import_changes",
            },
        ),
        migrations.CreateModel(
            name="ImportMapping",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                ("fingerprint", models.CharField(max_length=64)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("guests", "Guests"),
                            ("visits", "Visits"),
                            ("both", "Guests and their visits"),
                        ],
                        max_length=6,
                    ),
                ),
                ("meanings", models.JSONField()),
                ("used_at", models.DateTimeField()),
            ],
            options={
                "default_related_name": "import_mappings",
            },
        ),
        migrations.CreateModel(
            name="ImportProblem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                ("line", models.PositiveIntegerField()),
                ("column", models.CharField(blank=True, max_length=80)),
                ("code", models.CharField(max_length=40)),
                ("value", models.CharField(blank=True, max_length=80)),
                ("rejects_row", models.BooleanField()),
            ],
            options={
                "default_related_name": "import_problems",
            },
        ),
        migrations.CreateModel(
            name="StagedGuest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                ("line", models.PositiveIntegerField()),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("new", "New"),
                            ("changed", "Changed"),
                            ("same", "As it was"),
                            ("rejected", "Left out"),
                        ],
                        max_length=8,
                    ),
                ),
                ("key", models.BigIntegerField()),
                ("same_as", models.BigIntegerField(null=True)),
                ("external_id", models.CharField(blank=True, max_length=80)),
                ("display_name", models.CharField(blank=True, max_length=150)),
                ("given_name", models.CharField(blank=True, max_length=80)),
                ("family_name", models.CharField(blank=True, max_length=80)),
                ("name_key", models.TextField(blank=True)),
                (
                    "emails",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), default=list, size=None
                    ),
                ),
                (
                    "emails_raw",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), default=list, size=None
                    ),
                ),
                (
                    "phones",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), default=list, size=None
                    ),
                ),
                (
                    "phones_raw",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), default=list, size=None
                    ),
                ),
                ("language", models.CharField(blank=True, max_length=8)),
                ("country", models.CharField(blank=True, max_length=2)),
                ("street", models.CharField(blank=True, max_length=150)),
                ("postal_code", models.CharField(blank=True, max_length=16)),
                ("city", models.CharField(blank=True, max_length=80)),
                ("birthday_month", models.PositiveSmallIntegerField(null=True)),
                ("birthday_day", models.PositiveSmallIntegerField(null=True)),
                ("company", models.CharField(blank=True, max_length=120)),
                ("member_number", models.CharField(blank=True, max_length=40)),
                ("source", models.CharField(blank=True, max_length=40)),
                ("is_vip", models.BooleanField(null=True)),
                ("note", models.TextField(blank=True)),
                (
                    "tags",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40),
                        default=list,
                        size=None,
                    ),
                ),
                ("custom", models.JSONField(default=dict)),
                ("consents", models.JSONField(default=dict)),
            ],
            options={
                "default_related_name": "staged_guests",
            },
        ),
        migrations.CreateModel(
            name="StagedVisit",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                ("line", models.PositiveIntegerField()),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("new", "New"),
                            ("changed", "Changed"),
                            ("same", "As it was"),
                            ("rejected", "Left out"),
                        ],
                        max_length=8,
                    ),
                ),
                ("guest_key", models.BigIntegerField()),
                ("external_id", models.CharField(blank=True, max_length=80)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("stay", "Stay"),
                            ("table", "Table"),
                            ("tour", "Tour"),
                            ("event", "Event"),
                        ],
                        max_length=5,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("booked", "Booked"),
                            ("in_house", "In house"),
                            ("completed", "Completed"),
                            ("cancelled", "Cancelled"),
                            ("no_show", "Did not come"),
                        ],
                        max_length=9,
                    ),
                ),
                ("arrival_date", models.DateField()),
                ("departure_date", models.DateField()),
                ("arrival_time", models.TimeField(null=True)),
                ("party_size", models.PositiveSmallIntegerField(null=True)),
                ("spend", models.BigIntegerField(null=True)),
                ("label", models.CharField(max_length=40, null=True)),
                ("source", models.CharField(max_length=40, null=True)),
                ("is_employer_paid", models.BooleanField(null=True)),
            ],
            options={
                "default_related_name": "staged_visits",
            },
        ),
        migrations.CreateModel(
            name="Import",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                (
                    "uuid",
                    models.UUIDField(default=uuid.uuid4, editable=False, unique=True),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("guests", "Guests"),
                            ("visits", "Visits"),
                            ("both", "Guests and their visits"),
                        ],
                        max_length=6,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("received", "Received"),
                            ("reading", "Being read"),
                            ("ready", "Ready to bring in"),
                            ("committing", "Being brought in"),
                            ("done", "Brought in"),
                            ("reverting", "Being taken back"),
                            ("reverted", "Taken back"),
                            ("failed", "Failed"),
                            ("discarded", "Not used"),
                        ],
                        default="received",
                        max_length=10,
                    ),
                ),
                ("file_name", models.CharField(max_length=200)),
                ("told", models.JSONField(default=dict)),
                ("header", models.JSONField(default=list)),
                ("meanings", models.JSONField(default=list)),
                ("counts", models.JSONField(default=dict)),
                ("made", models.JSONField(default=dict)),
                ("problem", models.CharField(blank=True, max_length=300)),
                ("created_at", models.DateTimeField()),
                ("read_at", models.DateTimeField(null=True)),
                ("committed_at", models.DateTimeField(null=True)),
                ("reverted_at", models.DateTimeField(null=True)),
                (
                    "business",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        to="tenancy.business",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "error_file",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="files.storedfile",
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="files.storedfile",
                    ),
                ),
                (
                    "job",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="jobs.job",
                    ),
                ),
                (
                    "venue",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        to="tenancy.venue",
                    ),
                ),
            ],
            options={
                "default_related_name": "imports",
            },
        ),
        migrations.AddField(
            model_name="visit",
            name="came_by",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                to="customers.import",
            ),
        ),
        migrations.AddIndex(
            model_name="visit",
            index=models.Index(
                condition=models.Q(("came_by__isnull", False)),
                fields=["came_by", "id"],
                name="customers_visit_came_by",
            ),
        ),
        migrations.AddField(
            model_name="importchange",
            name="batch",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                to="customers.import",
            ),
        ),
        migrations.AddField(
            model_name="importchange",
            name="business",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, to="tenancy.business"
            ),
        ),
        migrations.AddField(
            model_name="importchange",
            name="guest",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, to="customers.guest"
            ),
        ),
        migrations.AddField(
            model_name="importchange",
            name="visit",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                to="customers.visit",
            ),
        ),
        migrations.AddField(
            model_name="importmapping",
            name="business",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, to="tenancy.business"
            ),
        ),
        migrations.AddField(
            model_name="importproblem",
            name="batch",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                to="customers.import",
            ),
        ),
        migrations.AddField(
            model_name="importproblem",
            name="business",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, to="tenancy.business"
            ),
        ),
        migrations.AddField(
            model_name="stagedguest",
            name="batch",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                to="customers.import",
            ),
        ),
        migrations.AddField(
            model_name="stagedguest",
            name="business",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                to="tenancy.business",
            ),
        ),
        migrations.AddField(
            model_name="stagedguest",
            name="guest",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="customers.guest",
            ),
        ),
        migrations.AddField(
            model_name="stagedvisit",
            name="batch",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                to="customers.import",
            ),
        ),
        migrations.AddField(
            model_name="stagedvisit",
            name="business",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                to="tenancy.business",
            ),
        ),
        migrations.AddField(
            model_name="stagedvisit",
            name="venue",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="tenancy.venue",
            ),
        ),
        migrations.AddField(
            model_name="stagedvisit",
            name="visit",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="customers.visit",
            ),
        ),
        migrations.AddIndex(
            model_name="import",
            index=models.Index(
                fields=["business", "-created_at", "-id"],
                name="customers_import_newest",
            ),
        ),
        migrations.AddIndex(
            model_name="importchange",
            index=models.Index(
                fields=["batch", "-id"], name="customers_importchange_latest"
            ),
        ),
        migrations.AddConstraint(
            model_name="importchange",
            constraint=models.UniqueConstraint(
                condition=models.Q(("visit", None)),
                fields=("batch", "guest"),
                name="customers_importchange_guest_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="importchange",
            constraint=models.UniqueConstraint(
                condition=models.Q(("visit__isnull", False)),
                fields=("batch", "visit"),
                name="customers_importchange_visit_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="importmapping",
            constraint=models.UniqueConstraint(
                fields=("business", "fingerprint", "kind"),
                name="customers_importmapping_once",
            ),
        ),
        migrations.AddIndex(
            model_name="importproblem",
            index=models.Index(
                fields=["batch", "line", "id"], name="customers_importproblem_line"
            ),
        ),
        migrations.AddIndex(
            model_name="stagedguest",
            index=models.Index(
                fields=["batch", "id"], name="customers_stagedguest_in_order"
            ),
        ),
        migrations.AddConstraint(
            model_name="stagedguest",
            constraint=models.UniqueConstraint(
                fields=("batch", "key"), name="customers_stagedguest_once"
            ),
        ),
        migrations.AddIndex(
            model_name="stagedvisit",
            index=models.Index(
                fields=["batch", "guest_key", "id"],
                name="customers_stagedvisit_of_guest",
            ),
        ),
        # What is staged is read again after a crash of the database: no log is needed.
        migrations.RunSQL(
            "ALTER TABLE customers_stagedguest SET UNLOGGED",
            "ALTER TABLE customers_stagedguest SET LOGGED",
        ),
        migrations.RunSQL(
            "ALTER TABLE customers_stagedvisit SET UNLOGGED",
            "ALTER TABLE customers_stagedvisit SET LOGGED",
        ),
    ]
