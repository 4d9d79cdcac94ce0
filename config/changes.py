"""Keeping what stood in a row before it changed, by triggers that a model declares among its constraints."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import BaseConstraint, Func, Model, UUIDField

UNNOTED = "changes.unnoted"
"""Setting of a transaction under which the triggers keep quiet."""


class CurrentAct(Func):
    """The id of the running transaction, the same for all that it writes and for nothing else, ever."""

    function = "current_act"
    output_field = UUIDField()


class ChangesKept(BaseConstraint):
    """Whatever writes the rows, bulk updates and SQL too, leaves a row of `accounts.Change` in the same transaction.

    Of a row with a history of its own a change is kept and its end; of one that belongs to another's, its coming too.

    Args:
        columns: fields of which the former and the new value are kept.
        withheld: fields of which is kept only that they changed: personal data whose erasure history must not undo.
        lists: many-to-many fields, of which each entry that comes or goes is kept.
        below: the foreign key to the row whose history this is, followed on with "__"; without it the row's own.
    """

    def __init__(
        self,
        *,
        name: str,
        columns: Sequence[str],
        withheld: Sequence[str] = (),
        lists: Sequence[str] = (),
        below: str = "",
    ) -> None:
        super().__init__(name=name)
        self.columns, self.withheld, self.lists, self.below = tuple(columns), tuple(withheld), tuple(lists), below

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        path, args, kwargs = super().deconstruct()
        own = {"columns": self.columns, "withheld": self.withheld, "lists": self.lists, "below": self.below}
        return path, args, {**kwargs, **{name: value for name, value in own.items() if value or name == "columns"}}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ChangesKept) and self.deconstruct() == other.deconstruct()

    def __hash__(self) -> int:
        return hash(self.name)

    def validate(self, *_args: Any, **_kwargs: Any) -> None:
        """Nothing is refused."""

    def constraint_sql(self, model: type[Model] | None, schema_editor: BaseDatabaseSchemaEditor | None) -> str:
        """A trigger stands beside the table, not in it."""
        assert model is not None and schema_editor is not None  # noqa: S101, PT018 - Django gives both
        schema_editor.deferred_sql.append(self.create_sql(model, schema_editor))
        return ""

    def create_sql(self, model: type[Model] | None, schema_editor: BaseDatabaseSchemaEditor | None) -> str:
        return "\n".join(self._triggers(model))

    def remove_sql(self, model: type[Model] | None, schema_editor: BaseDatabaseSchemaEditor | None) -> str:
        return "\n".join(f"DROP TRIGGER {self.name} ON {table};" for table in self._tables(model))

    def _tables(self, model: Any) -> list[str]:
        return [
            _options(model).db_table,
            *(_options(_list(model, name).remote_field.through).db_table for name in self.lists),
        ]

    def _triggers(self, model: Any) -> Iterator[str]:
        label, above = _options(model).label, self.below.split("__") if self.below else []
        kept, withheld = (
            ",".join(_options(model).get_field(name).column for name in names)
            for names in (self.columns, self.withheld)
        )
        firing = "INSERT OR UPDATE OR DELETE" if above else "UPDATE OR DELETE"
        yield self._trigger(firing, _options(model).db_table, label, *_way_to_owner(model, above), kept, withheld)
        for name in self.lists:
            field = _list(model, name)
            through = field.remote_field.through
            way = _way_to_owner(through, [field.m2m_field_name(), *above])
            entry = _options(through).get_field(field.m2m_reverse_field_name()).column
            yield self._trigger("INSERT OR DELETE", _options(through).db_table, f"{label}.{name}", *way, entry, "")

    def _trigger(self, firing: str, table: str, *told: str) -> str:
        arguments = ", ".join(f"'{argument}'" for argument in told)
        when = f"AFTER {firing} ON {table} FOR EACH ROW"
        return f"CREATE TRIGGER {self.name} {when} EXECUTE FUNCTION keep_change({arguments});"


def _options(model: Any) -> Any:
    return model._meta  # noqa: SLF001 - public, for all its underscore


def _list(model: Any, name: str) -> Any:
    return _options(model).get_field(name)


def _way_to_owner(model: Any, path: Sequence[str]) -> tuple[str, str]:
    """The column of the row that leads to the one whose history it is, and the query for its public id; both empty
    where it is the row's own."""
    if not path:
        return "", ""
    first, *further = (str(name) for name in path)
    field = _options(model).get_field(first)
    here, key = field.related_model, "$1"
    for name in further:
        step = _options(here).get_field(name)
        key = f"(SELECT {step.column} FROM {_options(here).db_table} WHERE id = {key})"  # noqa: S608 - names of ours
        here = step.related_model
    return field.column, f"SELECT public_id FROM {_options(here).db_table} WHERE id = {key}"  # noqa: S608 - as above


def kept_of(model: Any) -> ChangesKept | None:
    """What is kept of changes of a model's rows."""
    return next((each for each in _options(model).constraints if isinstance(each, ChangesKept)), None)


@contextmanager
def changes_unnoted() -> Iterator[None]:
    """Inside, no change is kept: for what takes things out of history as well. Call it inside a transaction."""
    _set(UNNOTED, "on")
    yield
    _set(UNNOTED, "")


def begin_another_act() -> None:
    """What the transaction writes from here on is another act: for several acts in one transaction."""
    _set("changes.act", "")


def _set(setting: str, value: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, %s, true)", [setting, value])
