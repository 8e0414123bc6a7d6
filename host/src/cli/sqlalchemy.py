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


def show(statement, *_, **__):
    text = statement if isinstance(statement, str) else str(statement.compile(dialect=engine.dialect))
    print(text.strip() + ";\n")


# A style in which no sign of the statements is doubled.
engine = create_mock_engine(dialect + "://", show, paramstyle="named")
metadata.create_all(engine, checkfirst=False)
