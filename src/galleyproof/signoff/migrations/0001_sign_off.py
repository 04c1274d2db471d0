"""Sign-off's tables; and, as the last of all migrations, the guards of everything that is evidence
(audit/guards.py)."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from galleyproof.audit import guards


def put_guards(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        guards.put(cursor)


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('audit', '0001_initial'),
        ('catalog', '0001_initial'),
        ('rulebook', '0001_initial'),
        ('web', '0001_initial'),
        ('people', '0001_initial'),
        ('permits', '0001_initial'),
        ('runs', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Policy',
            fields=[
                ('name', models.CharField(max_length=40, primary_key=True, serialize=False)),
                ('value', models.JSONField()),
            ],
            options={
                'db_table': 'policy',
            },
        ),
        migrations.CreateModel(
            name='Message',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('to', models.JSONField(default=list)),
                ('unreachable', models.JSONField(default=list)),
                ('subject', models.CharField(max_length=300)),
                ('body', models.TextField()),
                ('written_at', models.DateTimeField()),
                ('sent_at', models.DateTimeField(null=True)),
                ('attempts', models.IntegerField(default=0)),
                ('failed', models.TextField(blank=True, default='')),
            ],
            options={
                'db_table': 'message',
                'indexes': [models.Index(condition=models.Q(('sent_at__isnull', True)), fields=['id'], name='message_to_send')],
            },
        ),
        migrations.CreateModel(
            name='RoleForm',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('job', models.CharField(max_length=60)),
                ('role', models.CharField(max_length=100)),
                ('library', models.CharField(blank=True, default='', max_length=60)),
                ('state', models.CharField(default='opened', max_length=20)),
                ('opened_at', models.DateTimeField()),
                ('confirmed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='role_forms_confirmed', to=settings.AUTH_USER_MODEL)),
                ('permit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='role_forms', to='permits.permit')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='role_forms', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'role_form',
            },
        ),
        migrations.CreateModel(
            name='Ticket',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('job', models.CharField(max_length=60)),
                ('binding', models.CharField(blank=True, default='', max_length=200)),
                ('environment', models.CharField(default='production', max_length=20)),
                ('why', models.TextField()),
                ('asked', models.JSONField(default=dict)),
                ('state', models.CharField(default='reading', max_length=20)),
                ('turn', models.IntegerField(default=1)),
                ('opened_at', models.DateTimeField()),
                ('moved_at', models.DateTimeField()),
                ('decision', models.JSONField(null=True)),
                ('decided_at', models.DateTimeField(null=True)),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='tickets_decided', to=settings.AUTH_USER_MODEL)),
                ('permit', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='tickets_signed', to='permits.permit')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tickets', to=settings.AUTH_USER_MODEL)),
                ('sandbox_permit', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='sandbox_tickets', to='permits.permit')),
            ],
            options={
                'db_table': 'ticket',
            },
        ),
        migrations.CreateModel(
            name='Step',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('verb', models.CharField(max_length=20)),
                ('before', models.CharField(blank=True, default='', max_length=20)),
                ('after', models.CharField(max_length=20)),
                ('acting', models.CharField(blank=True, default='', max_length=150)),
                ('comment', models.TextField(blank=True, default='')),
                ('detail', models.JSONField(default=dict)),
                ('at', models.DateTimeField()),
                ('form', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='signoff.roleform')),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL)),
                ('ticket', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='signoff.ticket')),
            ],
            options={
                'db_table': 'ticket_step',
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='ShapeOpened',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('turn', models.IntegerField()),
                ('shape', models.TextField()),
                ('at', models.DateTimeField()),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL)),
                ('ticket', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='shapes_opened', to='signoff.ticket')),
            ],
            options={
                'db_table': 'shape_opened',
            },
        ),
        migrations.AddField(
            model_name='roleform',
            name='ticket',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='role_forms', to='signoff.ticket'),
        ),
        migrations.CreateModel(
            name='Proof',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('turn', models.IntegerField()),
                ('note', models.TextField()),
                ('kept', models.JSONField()),
                ('at', models.DateTimeField()),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='proofs', to='runs.run')),
                ('ticket', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='proofs', to='signoff.ticket')),
            ],
            options={
                'db_table': 'proof',
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='Acknowledgement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reading', models.CharField(max_length=80)),
                ('version', models.IntegerField()),
                ('digest', models.CharField(max_length=64)),
                ('acting', models.CharField(blank=True, default='', max_length=150)),
                ('at', models.DateTimeField()),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='acknowledgements', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'acknowledgement',
                'constraints': [models.UniqueConstraint(fields=('person', 'reading', 'version', 'digest'), name='acknowledged_once')],
            },
        ),
        migrations.CreateModel(
            name='ListedRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=64, unique=True)),
                ('list_name', models.CharField(max_length=300)),
                ('line', models.IntegerField()),
                ('scope', models.CharField(blank=True, default='', max_length=200)),
                ('job_as_written', models.TextField(blank=True, default='')),
                ('binding_as_written', models.TextField(blank=True, default='')),
                ('who_as_written', models.TextField(blank=True, default='')),
                ('unit_as_written', models.TextField(blank=True, default='')),
                ('note', models.TextField(blank=True, default='')),
                ('job', models.CharField(blank=True, default='', max_length=60)),
                ('binding', models.CharField(blank=True, default='', max_length=200)),
                ('holder', models.TextField(blank=True, default='')),
                ('is_group', models.BooleanField(default=False)),
                ('state', models.CharField(max_length=10)),
                ('doubt', models.TextField(blank=True, default='')),
                ('cures', models.JSONField(default=list)),
                ('settled_why', models.TextField(blank=True, default='')),
                ('imported_at', models.DateTimeField()),
                ('group', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to='people.group')),
                ('imported_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rows_imported', to=settings.AUTH_USER_MODEL)),
                ('permit', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to='permits.permit')),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL)),
                ('settled_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='rows_settled', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'listed_row',
                'indexes': [models.Index(fields=['state'], name='listed_row_by_state')],
            },
        ),
        migrations.CreateModel(
            name='ReadingText',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80)),
                ('version', models.IntegerField()),
                ('title', models.CharField(max_length=200)),
                ('job', models.CharField(blank=True, default='', max_length=60)),
                ('body', models.TextField()),
                ('digest', models.CharField(max_length=64)),
                ('minor', models.BooleanField(default=False)),
                ('written_at', models.DateTimeField()),
                ('written_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'reading_text',
                'constraints': [models.UniqueConstraint(fields=('name', 'version'), name='reading_version_once')],
            },
        ),
        migrations.AddIndex(
            model_name='ticket',
            index=models.Index(fields=['state', 'moved_at'], name='ticket_by_state'),
        ),
        migrations.AddIndex(
            model_name='ticket',
            index=models.Index(fields=['job', 'binding'], name='ticket_by_job'),
        ),
        migrations.AddConstraint(
            model_name='shapeopened',
            constraint=models.UniqueConstraint(fields=('ticket', 'person', 'turn', 'shape'), name='shape_opened_once'),
        ),
        migrations.AddConstraint(
            model_name='proof',
            constraint=models.UniqueConstraint(fields=('ticket', 'run'), name='proof_once'),
        ),
        migrations.RunPython(put_guards, migrations.RunPython.noop),
    ]
