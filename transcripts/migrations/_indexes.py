"""Indexes on large tables, for the migrations of this folder."""

from typing import Any

from django.db import migrations


class AddIndexMeanwhile(migrations.AddIndex):
    """Make an index while others go on writing, on PostgreSQL; for a migration with `atomic = False`.

    What a killed one left, on PostgreSQL an invalid index, is dropped first, so it can be begun again.
    """

    atomic = False

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        model = to_state.apps.get_model(app_label, self.model_name)
        if not self.allow_migrate_model(schema_editor.connection.alias, model):
            return
        _drop_index(schema_editor, self.index.name)
        schema_editor.add_index(model, self.index, **_concurrently(schema_editor))

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        _drop_index(schema_editor, self.index.name)


def _drop_index(schema_editor: Any, name: str) -> None:
    concurrently = 'CONCURRENTLY ' if _concurrently(schema_editor) else ''
    schema_editor.execute(f'DROP INDEX {concurrently}IF EXISTS {schema_editor.quote_name(name)}')


def _concurrently(schema_editor: Any) -> dict[str, bool]:
    return {'concurrently': True} if schema_editor.connection.vendor == 'postgresql' else {}
