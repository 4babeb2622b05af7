from typing import Any

from django.db import migrations

TABLE = 'transcripts_searchpurge'
# Only SQLite leaves words in its index. It is counted how often words were deleted or replaced, in the transaction that
# does it, and how much of that was there when words were last taken out.
CREATE = f'CREATE TABLE {TABLE} (deleted integer NOT NULL, purged integer NOT NULL)'
# What was deleted before anybody counted is one more.
FIRST = f'INSERT INTO {TABLE} VALUES (1, 0)'
# Whatever deletes an entry; who replaces one counts for himself, if it loses a word.
TRIGGER = (
    'CREATE TRIGGER transcripts_searchentry_counted AFTER DELETE ON transcripts_searchentry '
    f'BEGIN UPDATE {TABLE} SET deleted = deleted + 1; END'
)


def create(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == 'sqlite':
        for statement in (CREATE, FIRST, TRIGGER):
            schema_editor.execute(statement)


def drop(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == 'sqlite':
        schema_editor.execute('DROP TRIGGER transcripts_searchentry_counted')
        schema_editor.execute(f'DROP TABLE {TABLE}')


class Migration(migrations.Migration):

    dependencies = [
        ('transcripts', '0010_list_indexes'),
    ]

    operations = [
        migrations.RunPython(create, drop),
    ]
