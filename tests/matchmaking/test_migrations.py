"""Migrations that find rows."""

from datetime import timedelta

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from matchmaking.models import Attachment, Message
from tests.factories import matchmaking as make


def migrate(*targets: tuple[str, str]) -> None:
    """To these, back or forth; to the newest of all apps unless any are given."""
    executor = MigrationExecutor(connection)
    executor.migrate(list(targets) or executor.loader.graph.leaf_nodes())


@pytest.mark.django_db(transaction=True)
def test_a_file_kept_before_messages_had_several_gets_an_id_and_the_time_of_its_message() -> None:
    message = make.message_with_file(make.ConnectionFactory.create())
    sent = timezone.now() - timedelta(days=30)
    Message.objects.filter(pk=message.pk).update(created_at=sent)
    kept = Attachment.objects.values("name", "sha256", "stored_as", "message_id").get()

    migrate(("matchmaking", "0009_programme_reports"))
    migrate()

    file = Attachment.objects.get()
    assert file.public_id.startswith("att_")
    assert len(file.public_id) == 24
    assert (file.version, file.created_at, file.updated_at) == (1, sent, sent)
    assert Attachment.objects.values("name", "sha256", "stored_as", "message_id").get() == kept
