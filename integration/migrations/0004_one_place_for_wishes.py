from django.db import migrations


def keep_what_was_told_at_once(apps, schema_editor):
    """A merchant without a digest chose to hear of every problem at once."""
    merchants = apps.get_model('integration', 'Tenant').objects
    for tenant in merchants.filter(mail_digest=False).only('alerts').iterator():
        tenant.alerts.setdefault('problem', 'now')
        tenant.save(update_fields=['alerts'])


class Migration(migrations.Migration):

    dependencies = [
        ('integration', '0003_the_faces'),
    ]

    operations = [
        migrations.RunPython(keep_what_was_told_at_once, migrations.RunPython.noop),
        migrations.RemoveField(
            model_name='tenant',
            name='mail_digest',
        ),
        migrations.RemoveField(
            model_name='member',
            name='language',
        ),
    ]
