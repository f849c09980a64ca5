import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Account',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120, unique=True)),
                ('currency', models.CharField(blank=True, max_length=3)),
                ('opened_at', models.DateTimeField()),
            ],
            options={
                'ordering': ('name',),
            },
        ),
        migrations.CreateModel(
            name='FiscalYear',
            fields=[
                ('year', models.PositiveSmallIntegerField(primary_key=True, serialize=False)),
                ('opened_at', models.DateTimeField()),
                ('opened_by', models.CharField(max_length=150)),
            ],
            options={
                'ordering': ('year',),
            },
        ),
        migrations.CreateModel(
            name='Balance',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('fund', models.CharField(max_length=40)),
                ('kind', models.CharField(max_length=20)),
                ('party', models.CharField(blank=True, max_length=40)),
                ('currency', models.CharField(max_length=3)),
                ('account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.account')),
            ],
            options={
                'ordering': ('account', 'fund', 'kind', 'party', 'currency'),
                'indexes': [models.Index(fields=['fund'], name='balance_by_fund')],
                'constraints': [models.UniqueConstraint(fields=('account', 'fund', 'kind', 'party', 'currency'), name='balance_once_per_key')],
            },
        ),
        migrations.CreateModel(
            name='Closing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('period', models.CharField(max_length=7, unique=True)),
                ('begins_on', models.DateField()),
                ('ends_on', models.DateField()),
                ('entries', models.PositiveBigIntegerField()),
                ('debit', models.BigIntegerField()),
                ('credit', models.BigIntegerField()),
                ('place', models.PositiveBigIntegerField()),
                ('head', models.CharField(blank=True, max_length=20)),
                ('sha256', models.CharField(max_length=64)),
                ('closed_at', models.DateTimeField()),
                ('closed_by', models.CharField(max_length=150)),
            ],
            options={
                'ordering': ('id',),
                'indexes': [models.Index(fields=['ends_on'], name='closing_by_end')],
            },
        ),
        migrations.CreateModel(
            name='DayBalance',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('amount', models.BigIntegerField()),
                ('debit', models.BigIntegerField()),
                ('credit', models.BigIntegerField()),
                ('balance', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='days', to='ledger.balance')),
            ],
            options={
                'ordering': ('balance', 'day'),
                'constraints': [models.UniqueConstraint(fields=('balance', 'day'), name='day_balance_once_per_day'), models.CheckConstraint(condition=models.Q(('amount__range', (-1000000000000000000, 1000000000000000000)), ('credit__range', (0, 1000000000000000000)), ('debit__range', (0, 1000000000000000000))), name='day_balance_is_exact')],
            },
        ),
        migrations.CreateModel(
            name='Entry',
            fields=[
                ('id', models.BigIntegerField(primary_key=True, serialize=False)),
                ('number', models.CharField(max_length=20, unique=True)),
                ('sequence', models.PositiveIntegerField()),
                ('dated_on', models.DateField()),
                ('kind', models.CharField(max_length=20)),
                ('payee', models.CharField(blank=True, max_length=200)),
                ('narration', models.CharField(max_length=500)),
                ('text', models.TextField()),
                ('previous_sha256', models.CharField(max_length=64, unique=True)),
                ('sha256', models.CharField(max_length=64, unique=True)),
                ('posted_at', models.DateTimeField()),
                ('posted_by', models.CharField(max_length=150)),
                ('reverses', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reversals', to='ledger.entry')),
                ('year', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='ledger.fiscalyear')),
            ],
            options={
                'verbose_name_plural': 'entries',
                'ordering': ('id',),
                'indexes': [models.Index(fields=['dated_on', 'id'], name='entry_by_date')],
                'constraints': [models.UniqueConstraint(fields=('year', 'sequence'), name='entry_sequence_once_per_year'), models.UniqueConstraint(condition=models.Q(('reverses__isnull', False)), fields=('reverses',), name='entry_reversed_once')],
            },
        ),
        migrations.CreateModel(
            name='Link',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField()),
                ('document', models.CharField(max_length=40)),
                ('entry', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='links', to='ledger.entry')),
            ],
            options={
                'ordering': ('entry', 'position'),
                'indexes': [models.Index(fields=['document', 'entry'], name='link_by_document')],
                'constraints': [models.UniqueConstraint(fields=('entry', 'document'), name='link_once_per_entry')],
            },
        ),
        migrations.CreateModel(
            name='OpenItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('instalment', models.CharField(max_length=40)),
                ('currency', models.CharField(max_length=3)),
                ('amount', models.BigIntegerField()),
                ('functional', models.BigIntegerField()),
                ('account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.account')),
            ],
            options={
                'ordering': ('instalment', 'account', 'currency'),
                'indexes': [models.Index(condition=models.Q(('amount', 0), _negated=True), fields=['account'], name='open_item_not_settled')],
                'constraints': [models.UniqueConstraint(fields=('instalment', 'account', 'currency'), name='open_item_once_per_key'), models.CheckConstraint(condition=models.Q(('amount__range', (-1000000000000000000, 1000000000000000000)), ('functional__range', (-1000000000000000000, 1000000000000000000))), name='open_item_is_exact')],
            },
        ),
        migrations.CreateModel(
            name='Posting',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('line', models.PositiveSmallIntegerField()),
                ('dated_on', models.DateField()),
                ('fund', models.CharField(max_length=40)),
                ('project', models.CharField(blank=True, max_length=40)),
                ('instalment', models.CharField(blank=True, max_length=40)),
                ('party', models.CharField(blank=True, max_length=40)),
                ('currency', models.CharField(max_length=3)),
                ('amount', models.BigIntegerField()),
                ('functional', models.BigIntegerField()),
                ('account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='postings', to='ledger.account')),
                ('entry', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='postings', to='ledger.entry')),
            ],
            options={
                'ordering': ('entry', 'line'),
                'indexes': [models.Index(fields=['account', 'dated_on', 'entry'], name='posting_by_account'), models.Index(fields=['fund', 'dated_on'], name='posting_by_fund'), models.Index(condition=models.Q(('instalment', ''), _negated=True), fields=['instalment'], name='posting_by_instalment')],
                'constraints': [models.UniqueConstraint(fields=('entry', 'line'), name='posting_line_once')],
            },
        ),
    ]
