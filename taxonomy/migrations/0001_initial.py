import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.core.validators
import django.db.models.deletion
import django.db.models.lookups
from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        TrigramExtension(),
        migrations.CreateModel(
            name="Industry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name_vi", models.CharField(blank=True, max_length=255, verbose_name="name (Vietnamese)")),
                ("name_en", models.CharField(blank=True, max_length=255, verbose_name="name (English)")),
                ("name_ja", models.CharField(blank=True, max_length=255, verbose_name="name (Japanese)")),
                ("name_ko", models.CharField(blank=True, max_length=255, verbose_name="name (Korean)")),
                ("name_zh", models.CharField(blank=True, max_length=255, verbose_name="name (Chinese)")),
                (
                    "is_withdrawn",
                    models.BooleanField(
                        default=False,
                        help_text="No longer in the shipped files; kept because records may point at it.",
                        verbose_name="withdrawn",
                    ),
                ),
                (
                    "edition",
                    models.CharField(
                        choices=[("2025", "VSIC 2025"), ("2018", "VSIC 2018")], max_length=4, verbose_name="edition"
                    ),
                ),
                ("code", models.CharField(max_length=5, verbose_name="code")),
                ("level", models.PositiveSmallIntegerField(verbose_name="level")),
                ("isic_5", models.CharField(blank=True, max_length=5, verbose_name="ISIC Rev. 5 code")),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="taxonomy.industry",
                        verbose_name="part of",
                    ),
                ),
            ],
            options={
                "verbose_name": "industry",
                "verbose_name_plural": "industries",
                "ordering": ["-edition", "code"],
            },
        ),
        migrations.CreateModel(
            name="IndustrySuccession",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "relationship",
                    models.CharField(
                        choices=[
                            ("same", "same content"),
                            ("moved", "same content, other code"),
                            ("split", "one of several parts"),
                        ],
                        max_length=8,
                        verbose_name="relationship",
                    ),
                ),
                ("is_verified", models.BooleanField(default=False, verbose_name="verified")),
                (
                    "new",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="taxonomy.industry",
                        verbose_name="code of 2025",
                    ),
                ),
                (
                    "old",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="successions",
                        to="taxonomy.industry",
                        verbose_name="code of 2018",
                    ),
                ),
            ],
            options={
                "verbose_name": "succession of an industry code",
                "verbose_name_plural": "successions of industry codes",
                "ordering": ["old", "new"],
            },
        ),
        migrations.AddField(
            model_name="industry",
            name="successors",
            field=models.ManyToManyField(
                related_name="predecessors",
                through="taxonomy.IndustrySuccession",
                to="taxonomy.industry",
                verbose_name="codes of 2025",
            ),
        ),
        migrations.CreateModel(
            name="Material",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name_vi", models.CharField(blank=True, max_length=255, verbose_name="name (Vietnamese)")),
                ("name_en", models.CharField(blank=True, max_length=255, verbose_name="name (English)")),
                ("name_ja", models.CharField(blank=True, max_length=255, verbose_name="name (Japanese)")),
                ("name_ko", models.CharField(blank=True, max_length=255, verbose_name="name (Korean)")),
                ("name_zh", models.CharField(blank=True, max_length=255, verbose_name="name (Chinese)")),
                (
                    "is_withdrawn",
                    models.BooleanField(
                        default=False,
                        help_text="No longer in the shipped files; kept because records may point at it.",
                        verbose_name="withdrawn",
                    ),
                ),
                ("code", models.CharField(max_length=40, unique=True, verbose_name="code")),
                (
                    "hs_chapters",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=10),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="HS chapters",
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="taxonomy.material",
                        verbose_name="kind of",
                    ),
                ),
            ],
            options={
                "verbose_name": "material",
                "verbose_name_plural": "materials",
                "ordering": ["code"],
            },
        ),
        migrations.CreateModel(
            name="Process",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name_vi", models.CharField(blank=True, max_length=255, verbose_name="name (Vietnamese)")),
                ("name_en", models.CharField(blank=True, max_length=255, verbose_name="name (English)")),
                ("name_ja", models.CharField(blank=True, max_length=255, verbose_name="name (Japanese)")),
                ("name_ko", models.CharField(blank=True, max_length=255, verbose_name="name (Korean)")),
                ("name_zh", models.CharField(blank=True, max_length=255, verbose_name="name (Chinese)")),
                (
                    "is_withdrawn",
                    models.BooleanField(
                        default=False,
                        help_text="No longer in the shipped files; kept because records may point at it.",
                        verbose_name="withdrawn",
                    ),
                ),
                ("code", models.CharField(max_length=40, unique=True, verbose_name="code")),
                (
                    "fields",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="fields of industry",
                    ),
                ),
                ("vsic_2025", models.CharField(blank=True, max_length=5, verbose_name="VSIC 2025 class")),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="taxonomy.process",
                        verbose_name="part of",
                    ),
                ),
            ],
            options={
                "verbose_name": "process",
                "verbose_name_plural": "processes",
                "ordering": ["code"],
            },
        ),
        migrations.CreateModel(
            name="Province",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name_vi", models.CharField(blank=True, max_length=255, verbose_name="name (Vietnamese)")),
                ("name_en", models.CharField(blank=True, max_length=255, verbose_name="name (English)")),
                ("name_ja", models.CharField(blank=True, max_length=255, verbose_name="name (Japanese)")),
                ("name_ko", models.CharField(blank=True, max_length=255, verbose_name="name (Korean)")),
                ("name_zh", models.CharField(blank=True, max_length=255, verbose_name="name (Chinese)")),
                (
                    "is_withdrawn",
                    models.BooleanField(
                        default=False,
                        help_text="No longer in the shipped files; kept because records may point at it.",
                        verbose_name="withdrawn",
                    ),
                ),
                (
                    "edition",
                    models.CharField(
                        choices=[("2025", "in force since 1 July 2025"), ("2004", "in force until 30 June 2025")],
                        max_length=4,
                        verbose_name="edition",
                    ),
                ),
                ("code", models.CharField(max_length=2, verbose_name="code")),
                ("full_name_vi", models.CharField(max_length=80, verbose_name="full name (Vietnamese)")),
                ("full_name_en", models.CharField(blank=True, max_length=80, verbose_name="full name (English)")),
                (
                    "unit_type",
                    models.CharField(
                        choices=[("province", "province"), ("municipality", "municipality")],
                        max_length=12,
                        verbose_name="type",
                    ),
                ),
                ("region_code", models.CharField(blank=True, max_length=40, verbose_name="region")),
                ("phone_area_code", models.CharField(blank=True, max_length=4, verbose_name="phone area code")),
                (
                    "latitude",
                    models.FloatField(
                        validators=[
                            django.core.validators.MinValueValidator(-90),
                            django.core.validators.MaxValueValidator(90),
                        ],
                        verbose_name="latitude of the centre",
                    ),
                ),
                (
                    "longitude",
                    models.FloatField(
                        validators=[
                            django.core.validators.MinValueValidator(-180),
                            django.core.validators.MaxValueValidator(180),
                        ],
                        verbose_name="longitude of the centre",
                    ),
                ),
                (
                    "successor",
                    models.ForeignKey(
                        blank=True,
                        help_text="Where its area belongs since 1 July 2025.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="predecessors",
                        to="taxonomy.province",
                        verbose_name="province of today",
                    ),
                ),
            ],
            options={
                "verbose_name": "province",
                "verbose_name_plural": "provinces",
                "ordering": ["-edition", "code"],
            },
        ),
        migrations.CreateModel(
            name="IndustrialPark",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name_vi", models.CharField(blank=True, max_length=255, verbose_name="name (Vietnamese)")),
                ("name_en", models.CharField(blank=True, max_length=255, verbose_name="name (English)")),
                ("name_ja", models.CharField(blank=True, max_length=255, verbose_name="name (Japanese)")),
                ("name_ko", models.CharField(blank=True, max_length=255, verbose_name="name (Korean)")),
                ("name_zh", models.CharField(blank=True, max_length=255, verbose_name="name (Chinese)")),
                (
                    "is_withdrawn",
                    models.BooleanField(
                        default=False,
                        help_text="No longer in the shipped files; kept because records may point at it.",
                        verbose_name="withdrawn",
                    ),
                ),
                ("code", models.CharField(max_length=80, unique=True, verbose_name="code")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("industrial_park", "industrial park"),
                            ("cluster", "industrial cluster"),
                            ("export_processing_zone", "export processing zone"),
                        ],
                        max_length=24,
                        verbose_name="kind",
                    ),
                ),
                (
                    "latitude",
                    models.FloatField(
                        blank=True,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(-90),
                            django.core.validators.MaxValueValidator(90),
                        ],
                        verbose_name="latitude",
                    ),
                ),
                (
                    "longitude",
                    models.FloatField(
                        blank=True,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(-180),
                            django.core.validators.MaxValueValidator(180),
                        ],
                        verbose_name="longitude",
                    ),
                ),
                (
                    "old_province",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="taxonomy.province",
                        verbose_name="province before July 2025",
                    ),
                ),
                (
                    "province",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="parks",
                        to="taxonomy.province",
                        verbose_name="province",
                    ),
                ),
            ],
            options={
                "verbose_name": "industrial park",
                "verbose_name_plural": "industrial parks",
                "ordering": ["code"],
            },
        ),
        migrations.CreateModel(
            name="Corridor",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name_vi", models.CharField(blank=True, max_length=255, verbose_name="name (Vietnamese)")),
                ("name_en", models.CharField(blank=True, max_length=255, verbose_name="name (English)")),
                ("name_ja", models.CharField(blank=True, max_length=255, verbose_name="name (Japanese)")),
                ("name_ko", models.CharField(blank=True, max_length=255, verbose_name="name (Korean)")),
                ("name_zh", models.CharField(blank=True, max_length=255, verbose_name="name (Chinese)")),
                (
                    "is_withdrawn",
                    models.BooleanField(
                        default=False,
                        help_text="No longer in the shipped files; kept because records may point at it.",
                        verbose_name="withdrawn",
                    ),
                ),
                ("code", models.CharField(max_length=40, unique=True, verbose_name="code")),
                (
                    "provinces",
                    models.ManyToManyField(related_name="corridors", to="taxonomy.province", verbose_name="provinces"),
                ),
            ],
            options={
                "verbose_name": "corridor",
                "verbose_name_plural": "corridors",
                "ordering": ["code"],
            },
        ),
        migrations.CreateModel(
            name="Sector",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name_vi", models.CharField(blank=True, max_length=255, verbose_name="name (Vietnamese)")),
                ("name_en", models.CharField(blank=True, max_length=255, verbose_name="name (English)")),
                ("name_ja", models.CharField(blank=True, max_length=255, verbose_name="name (Japanese)")),
                ("name_ko", models.CharField(blank=True, max_length=255, verbose_name="name (Korean)")),
                ("name_zh", models.CharField(blank=True, max_length=255, verbose_name="name (Chinese)")),
                (
                    "is_withdrawn",
                    models.BooleanField(
                        default=False,
                        help_text="No longer in the shipped files; kept because records may point at it.",
                        verbose_name="withdrawn",
                    ),
                ),
                ("code", models.CharField(max_length=40, unique=True, verbose_name="code")),
            ],
            options={
                "verbose_name": "sector",
                "verbose_name_plural": "sectors",
                "ordering": ["code"],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("code", ""), _negated=True), name="sector_has_a_code"),
                    models.CheckConstraint(
                        condition=models.Q(("name_en", ""), ("name_vi", ""), _negated=True), name="sector_has_a_name"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Standard",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name_vi", models.CharField(blank=True, max_length=255, verbose_name="name (Vietnamese)")),
                ("name_en", models.CharField(blank=True, max_length=255, verbose_name="name (English)")),
                ("name_ja", models.CharField(blank=True, max_length=255, verbose_name="name (Japanese)")),
                ("name_ko", models.CharField(blank=True, max_length=255, verbose_name="name (Korean)")),
                ("name_zh", models.CharField(blank=True, max_length=255, verbose_name="name (Chinese)")),
                (
                    "is_withdrawn",
                    models.BooleanField(
                        default=False,
                        help_text="No longer in the shipped files; kept because records may point at it.",
                        verbose_name="withdrawn",
                    ),
                ),
                ("code", models.CharField(max_length=40, unique=True, verbose_name="code")),
                ("title_vi", models.CharField(max_length=255, verbose_name="title (Vietnamese)")),
                ("title_en", models.CharField(max_length=255, verbose_name="title (English)")),
                (
                    "domain",
                    models.CharField(
                        choices=[
                            ("quality", "quality"),
                            ("environment", "environment"),
                            ("safety", "safety"),
                            ("social", "social"),
                            ("product", "product"),
                            ("security", "security"),
                        ],
                        max_length=12,
                        verbose_name="domain",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("management_system", "management system"),
                            ("product_certification", "product certification"),
                            ("product_compliance", "product compliance"),
                            ("product_process", "production process"),
                            ("chain_of_custody", "chain of custody"),
                            ("certification", "certification"),
                            ("accreditation", "accreditation"),
                            ("verification", "verification"),
                            ("assessment", "assessment"),
                            ("audit", "audit"),
                            ("customer_audit", "customer audit"),
                            ("customer_approval", "customer approval"),
                            ("compliance", "compliance"),
                            ("workmanship", "workmanship"),
                            ("programme", "programme"),
                            ("practice", "practice"),
                        ],
                        max_length=24,
                        verbose_name="kind",
                    ),
                ),
                ("owner", models.CharField(max_length=40, verbose_name="owner")),
                (
                    "fields",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="fields of industry",
                    ),
                ),
                (
                    "typical_validity_years",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="typical validity (years)"),
                ),
                (
                    "counts_as_international",
                    models.BooleanField(
                        default=False,
                        help_text="Holding it counts towards the city's share of firms at international standard.",
                        verbose_name="counts as international",
                    ),
                ),
                (
                    "implies",
                    models.ManyToManyField(
                        blank=True, related_name="implied_by", to="taxonomy.standard", verbose_name="implies"
                    ),
                ),
            ],
            options={
                "verbose_name": "standard",
                "verbose_name_plural": "standards",
                "ordering": ["code"],
            },
        ),
        migrations.CreateModel(
            name="TaxonomyVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.BigIntegerField(verbose_name="number")),
                ("changed_at", models.DateTimeField(verbose_name="changed at")),
            ],
            options={
                "verbose_name": "taxonomy version",
                "verbose_name_plural": "taxonomy version",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("id", 1)), name="taxonomy_version_is_one_row")
                ],
            },
        ),
        migrations.CreateModel(
            name="Term",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "text",
                    models.CharField(
                        help_text="As people write it, with accents.", max_length=255, verbose_name="text"
                    ),
                ),
                (
                    "key",
                    models.CharField(
                        editable=False,
                        help_text="Without accents, case, punctuation.",
                        max_length=255,
                        verbose_name="key",
                    ),
                ),
                ("language", models.CharField(blank=True, max_length=2, verbose_name="language")),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("name", "name"),
                            ("synonym", "synonym"),
                            ("equivalent", "equivalent grade"),
                            ("alias", "alias"),
                            ("taught", "taught by staff"),
                            ("title", "title"),
                            ("superseded", "superseded"),
                            ("ambiguous", "ambiguous"),
                        ],
                        default="taught",
                        max_length=12,
                        verbose_name="source",
                    ),
                ),
                (
                    "corridor",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="terms",
                        to="taxonomy.corridor",
                        verbose_name="corridor",
                    ),
                ),
                (
                    "industry",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="terms",
                        to="taxonomy.industry",
                        verbose_name="industry",
                    ),
                ),
                (
                    "material",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="terms",
                        to="taxonomy.material",
                        verbose_name="material",
                    ),
                ),
                (
                    "park",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="terms",
                        to="taxonomy.industrialpark",
                        verbose_name="industrial park",
                    ),
                ),
                (
                    "process",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="terms",
                        to="taxonomy.process",
                        verbose_name="process",
                    ),
                ),
                (
                    "province",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="terms",
                        to="taxonomy.province",
                        verbose_name="province",
                    ),
                ),
                (
                    "sector",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="terms",
                        to="taxonomy.sector",
                        verbose_name="sector",
                    ),
                ),
                (
                    "standard",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="terms",
                        to="taxonomy.standard",
                        verbose_name="standard",
                    ),
                ),
            ],
            options={
                "verbose_name": "term",
                "verbose_name_plural": "terms",
                "ordering": ["key", "id"],
            },
        ),
        migrations.AddConstraint(
            model_name="industrysuccession",
            constraint=models.UniqueConstraint(fields=("old", "new"), name="industry_succession_listed_once"),
        ),
        migrations.AddConstraint(
            model_name="industry",
            constraint=models.CheckConstraint(
                condition=models.Q(("code", ""), _negated=True), name="industry_has_a_code"
            ),
        ),
        migrations.AddConstraint(
            model_name="industry",
            constraint=models.CheckConstraint(
                condition=models.Q(("name_en", ""), ("name_vi", ""), _negated=True), name="industry_has_a_name"
            ),
        ),
        migrations.AddConstraint(
            model_name="industry",
            constraint=models.UniqueConstraint(
                fields=("edition", "code"), name="industry_code_is_unique_in_its_edition"
            ),
        ),
        migrations.AddConstraint(
            model_name="industry",
            constraint=models.CheckConstraint(
                condition=models.Q(("level__range", (1, 5))), name="industry_level_is_1_to_5"
            ),
        ),
        migrations.AddConstraint(
            model_name="industry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("parent__isnull", True), models.Q(("parent", models.F("id")), _negated=True), _connector="OR"
                ),
                name="industry_is_not_its_own_parent",
            ),
        ),
        migrations.AddConstraint(
            model_name="material",
            constraint=models.CheckConstraint(
                condition=models.Q(("code", ""), _negated=True), name="material_has_a_code"
            ),
        ),
        migrations.AddConstraint(
            model_name="material",
            constraint=models.CheckConstraint(
                condition=models.Q(("name_en", ""), ("name_vi", ""), _negated=True), name="material_has_a_name"
            ),
        ),
        migrations.AddConstraint(
            model_name="material",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("parent__isnull", True), models.Q(("parent", models.F("id")), _negated=True), _connector="OR"
                ),
                name="material_is_not_its_own_parent",
            ),
        ),
        migrations.AddConstraint(
            model_name="process",
            constraint=models.CheckConstraint(
                condition=models.Q(("code", ""), _negated=True), name="process_has_a_code"
            ),
        ),
        migrations.AddConstraint(
            model_name="process",
            constraint=models.CheckConstraint(
                condition=models.Q(("name_en", ""), ("name_vi", ""), _negated=True), name="process_has_a_name"
            ),
        ),
        migrations.AddConstraint(
            model_name="process",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("parent__isnull", True), models.Q(("parent", models.F("id")), _negated=True), _connector="OR"
                ),
                name="process_is_not_its_own_parent",
            ),
        ),
        migrations.AddConstraint(
            model_name="province",
            constraint=models.CheckConstraint(
                condition=models.Q(("code", ""), _negated=True), name="province_has_a_code"
            ),
        ),
        migrations.AddConstraint(
            model_name="province",
            constraint=models.CheckConstraint(
                condition=models.Q(("name_en", ""), ("name_vi", ""), _negated=True), name="province_has_a_name"
            ),
        ),
        migrations.AddConstraint(
            model_name="province",
            constraint=models.UniqueConstraint(
                fields=("edition", "code"), name="province_code_is_unique_in_its_edition"
            ),
        ),
        migrations.AddConstraint(
            model_name="province",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("edition", "2025"), ("successor__isnull", True)),
                    models.Q(("edition", "2004"), ("successor__isnull", False)),
                    _connector="OR",
                ),
                name="province_of_old_has_a_province_of_today",
            ),
        ),
        migrations.AddConstraint(
            model_name="province",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("latitude__isnull", False),
                    ("longitude__isnull", False),
                    ("latitude__range", (-90, 90)),
                    ("longitude__range", (-180, 180)),
                ),
                name="province_coordinates_are_on_earth",
            ),
        ),
        migrations.AddConstraint(
            model_name="industrialpark",
            constraint=models.CheckConstraint(condition=models.Q(("code", ""), _negated=True), name="park_has_a_code"),
        ),
        migrations.AddConstraint(
            model_name="industrialpark",
            constraint=models.CheckConstraint(
                condition=models.Q(("name_en", ""), ("name_vi", ""), _negated=True), name="park_has_a_name"
            ),
        ),
        migrations.AddConstraint(
            model_name="industrialpark",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("latitude__isnull", False),
                        ("longitude__isnull", False),
                        ("latitude__range", (-90, 90)),
                        ("longitude__range", (-180, 180)),
                    ),
                    models.Q(("latitude__isnull", True), ("longitude__isnull", True)),
                    _connector="OR",
                ),
                name="park_coordinates_are_on_earth",
            ),
        ),
        migrations.AddConstraint(
            model_name="corridor",
            constraint=models.CheckConstraint(
                condition=models.Q(("code", ""), _negated=True), name="corridor_has_a_code"
            ),
        ),
        migrations.AddConstraint(
            model_name="corridor",
            constraint=models.CheckConstraint(
                condition=models.Q(("name_en", ""), ("name_vi", ""), _negated=True), name="corridor_has_a_name"
            ),
        ),
        migrations.AddConstraint(
            model_name="standard",
            constraint=models.CheckConstraint(
                condition=models.Q(("code", ""), _negated=True), name="standard_has_a_code"
            ),
        ),
        migrations.AddConstraint(
            model_name="standard",
            constraint=models.CheckConstraint(
                condition=models.Q(("name_en", ""), ("name_vi", ""), _negated=True), name="standard_has_a_name"
            ),
        ),
        migrations.AddConstraint(
            model_name="standard",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("typical_validity_years__isnull", True),
                    ("typical_validity_years__range", (1, 20)),
                    _connector="OR",
                ),
                name="standard_validity_is_1_to_20_years",
            ),
        ),
        migrations.AddIndex(
            model_name="term",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=["key"], name="term_key_trigrams", opclasses=["gin_trgm_ops"]
            ),
        ),
        migrations.AddConstraint(
            model_name="term",
            constraint=models.CheckConstraint(
                condition=django.db.models.lookups.Exact(
                    models.Func(
                        models.F("process"),
                        models.F("material"),
                        models.F("standard"),
                        models.F("province"),
                        models.F("corridor"),
                        models.F("park"),
                        models.F("industry"),
                        models.F("sector"),
                        function="num_nonnulls",
                        output_field=models.IntegerField(),
                    ),
                    models.Value(1),
                ),
                name="term_names_exactly_one_entry",
            ),
        ),
        migrations.AddConstraint(
            model_name="term",
            constraint=models.CheckConstraint(
                condition=models.Q(("key", ""), _negated=True), name="term_has_a_letter_or_digit"
            ),
        ),
        migrations.AddConstraint(
            model_name="term",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "source__in",
                        ["name", "synonym", "equivalent", "alias", "taught", "title", "superseded", "ambiguous"],
                    )
                ),
                name="term_source_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="term",
            constraint=models.UniqueConstraint(
                fields=(
                    "process",
                    "material",
                    "standard",
                    "province",
                    "corridor",
                    "park",
                    "industry",
                    "sector",
                    "text",
                    "source",
                ),
                name="term_listed_once",
                nulls_distinct=False,
            ),
        ),
    ]
