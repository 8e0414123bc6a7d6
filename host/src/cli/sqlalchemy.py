# Prints what SQLAlchemy metadata builds, as statements of a dialect: for 1.4 and 2, without a driver or a connection.
import importlib
import os
import sys

module, attribute, dialect = sys.argv[1:4]
sys.path.insert(0, os.getcwd())
value = importlib.import_module(module)
for name in attribute.split("."):
    value = getattr(value, name)
metadata = getattr(value, "metadata", value)

from sqlalchemy import create_mock_engine
from sqlalchemy.schema import CreateIndex

# Those of one table. SQLAlchemy has them in a set, whose order is another in every run; what was printed last time is
# remembered, so the same metadata must print the same.
indexes = []


def put(text):
    print(text.strip() + ";\n")


def put_indexes():
    for text in sorted(indexes):
        put(text)
    indexes.clear()


def show(statement, *_, **__):
    text = statement if isinstance(statement, str) else str(statement.compile(dialect=engine.dialect))
    if isinstance(statement, CreateIndex):
        indexes.append(text)
        return
    put_indexes()
    put(text)


# A style in which no sign of the statements is doubled.
engine = create_mock_engine(dialect + "://", show, paramstyle="named")
metadata.create_all(engine, checkfirst=False)
put_indexes()

# What had another name before, which is said in `info`.
for table in metadata.tables.values():
    before = table.schema + "." if table.schema else ""
    renamed = [(before + former, table.fullname) for former in [table.info.get("rename_from")] if former]
    for column in table.columns:
        own = table.fullname + "." + column.name
        if column.info.get("rename_from"):
            renamed.append((table.fullname + "." + column.info["rename_from"], own))
        for old, new in column.info.get("rename_values", {}).items():
            renamed.append((own + "." + old, own + "." + new))
    for old, new in renamed:
        print("-- dapter:rename", old + "=" + new)
