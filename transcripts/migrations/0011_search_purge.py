from typing import Any

from django.db import migrations

TABLE = 'transcripts_searchpurge'
# Only SQLite leaves words in its index. What was deleted or replaced is counted in the transaction that does it, and how
# much of that was there when words were last taken out.
CREATE = f'CREATE TABLE {TABLE} (deleted integer NOT NULL, purged integer NOT NULL)'
# What was deleted before anybody counted is one more.
FIRST = f'INSERT INTO {TABLE} VALUES (1, 0)'
TRIGGERS = {
    'transcripts_searchentry_leaves': 'DELETE',
    'transcripts_searchentry_changes': 'UPDATE',
}


def create(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor != 'sqlite':
        return
    schema_editor.execute(CREATE)
    schema_editor.execute(FIRST)
    for name, event in TRIGGERS.items():
        schema_editor.execute(
            f'CREATE TRIGGER {name} AFTER {event} ON transcripts_searchentry '
            f'BEGIN UPDATE {TABLE} SET deleted = deleted + 1; END'
        )


def drop(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor != 'sqlite':
        return
    for name in TRIGGERS:
        schema_editor.execute(f'DROP TRIGGER {name}')
    schema_editor.execute(f'DROP TABLE {TABLE}')


class Migration(migrations.Migration):

    dependencies = [
        ('transcripts', '0010_list_indexes'),
    ]

    operations = [
        migrations.RunPython(create, drop),
    ]
