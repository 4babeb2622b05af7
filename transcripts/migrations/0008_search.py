from typing import Any

from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# Words come from us, parted by spaces and folded: this tokenizer takes all but ASCII's punctuation for letters.
CREATE_SQLITE = "CREATE VIRTUAL TABLE transcripts_searchindex USING fts5(title, text, tags, tokenize = 'ascii')"
# Whatever deletes an entry, its words go with it.
TRIGGER_SQLITE = (
    'CREATE TRIGGER transcripts_searchentry_deleted AFTER DELETE ON transcripts_searchentry '
    'BEGIN DELETE FROM transcripts_searchindex WHERE rowid = OLD.id; END'
)
# Else the words of what was deleted stay in the file until they are merged away.
SECURE_SQLITE = "INSERT INTO transcripts_searchindex (transcripts_searchindex, rank) VALUES ('secure-delete', 1)"

ADD_POSTGRESQL = 'ALTER TABLE transcripts_searchentry ADD COLUMN tokens tsvector NOT NULL'
# Without the list of pending words, which every search would have to read too.
INDEX_POSTGRESQL = (
    'CREATE INDEX transcripts_search_tokens ON transcripts_searchentry USING gin (tokens) WITH (fastupdate = off)'
)


def create(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == 'postgresql':
        schema_editor.execute(ADD_POSTGRESQL)
        schema_editor.execute(INDEX_POSTGRESQL)
        return
    schema_editor.execute(CREATE_SQLITE)
    schema_editor.execute(TRIGGER_SQLITE)
    if schema_editor.connection.Database.sqlite_version_info >= (3, 42):
        schema_editor.execute(SECURE_SQLITE)


def drop(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor != 'postgresql':
        schema_editor.execute('DROP TABLE transcripts_searchindex')


class Migration(migrations.Migration):

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('transcripts', '0007_document_only_in_pieces'),
    ]

    operations = [
        migrations.CreateModel(
            name='SearchEntry',
            fields=[
                ('id', models.BigIntegerField(help_text="From the transcript's id, so that it sorts by creation.", primary_key=True, serialize=False)),
                ('words', models.PositiveIntegerField(help_text='How many words title and text have.')),
                ('owner', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('transcript', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='search_entry', to='transcripts.transcript')),
            ],
            options={
                'indexes': [models.Index(fields=['owner', '-id'], name='transcripts_search_by_owner')],
            },
        ),
        migrations.RunPython(create, drop),
    ]
