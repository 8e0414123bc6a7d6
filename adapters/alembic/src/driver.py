"""Drives an Alembic project for dapter: a request a line on standard input, an answer a line on standard output, JSON both.

Everything that touches the database runs within the project's own env.py, over the connection that it makes: so what works
there works here, asynchronous drivers too. dapter's own rows lie in a schema of their own, where autogenerate does not look.
"""

import json
import os
import queue
import sys
import threading
import traceback
from types import SimpleNamespace
from urllib.parse import quote

HISTORY, LOG = "history", "log"

# What no message may have in it, and the folders in which a failure is the project's own.
SECRETS, FOLDERS = set(), []


class Refused(Exception):
    """The other side has said why."""


class Wrong(Exception):
    """What is asked for cannot be."""


class Driver:
    def __init__(self, settings):
        from alembic.config import Config
        from alembic.script import ScriptDirectory

        ini = settings["ini"]
        if not os.path.isfile(ini):
            raise Wrong("there is no file %s" % ini)
        os.chdir(os.path.dirname(os.path.abspath(ini)))
        options = SimpleNamespace(x=settings["x"] or None)
        self.config = Config(os.path.basename(ini), ini_section=settings["section"], cmd_opts=options)
        self.keep_secret(self.config.get_main_option("sqlalchemy.url"))
        self.scripts = ScriptDirectory.from_config(self.config)
        FOLDERS.extend(os.path.join(os.path.abspath(folder), "") for folder in self.scripts._version_locations)
        self.graph = {s.revision: s for s in reversed(list(self.scripts.walk_revisions()))}

    def keep_secret(self, url):
        from sqlalchemy.engine import make_url

        password = make_url(url).password if url else None
        if password:
            SECRETS.update([str(password), quote(str(password)), quote(str(password), safe="")])

    def within(self, work, reads_only=False):
        """Runs env.py, and `work` where it would run migrations: it returns the steps that Alembic then takes."""
        from alembic.runtime.environment import EnvironmentContext

        came = []

        def migrations(heads, context):
            came.append(True)
            self.keep_secret(context.connection.engine.url)
            return work(tuple(heads), context)

        with EnvironmentContext(self.config, self.scripts, fn=migrations, dont_mutate=reads_only):
            self.scripts.run_env()
        if not came:
            raise Wrong("env.py does not run migrations")

    # What dapter remembers

    def store(self, context, make=False):
        """The two tables; None if there are none yet."""
        import sqlalchemy as sa
        from sqlalchemy.dialects.mysql import LONGTEXT

        connection, name = context.connection, context.connection.dialect.name
        if name == "sqlite":
            schema = "dapter"
            attached = connection.exec_driver_sql("PRAGMA database_list").fetchall()
            if schema not in [row[1] for row in attached]:
                path = next((row[2] for row in attached if row[1] == "main"), "")
                beside = path + "-dapter" if path else ":memory:"
                if not make and not os.path.exists(beside):
                    return None
                connection.exec_driver_sql("ATTACH DATABASE ? AS dapter", (beside,))
        elif name in ("mysql", "mariadb"):
            schema = "%s_dapter" % connection.exec_driver_sql("SELECT DATABASE()").scalar()
        else:
            schema = "dapter"
        text = sa.Text().with_variant(LONGTEXT(), "mysql", "mariadb")
        whole = sa.Integer
        metadata = sa.MetaData(schema=schema)
        history = sa.Table(HISTORY, metadata, sa.Column("id", whole, primary_key=True, autoincrement=False), sa.Column("content", text))
        log = sa.Table(LOG, metadata, sa.Column("id", whole, primary_key=True), sa.Column("line", text))
        if sa.inspect(connection).has_table(LOG, schema=schema):
            return history, log
        if not make:
            return None
        if name != "sqlite":
            connection.execute(sa.schema.CreateSchema(schema, if_not_exists=True))
        for table in (history, log):
            connection.execute(sa.schema.CreateTable(table, if_not_exists=True))
        return history, log

    def remembered(self, heads, context, tables):
        """What is kept, and what Alembic's own table says is applied."""
        import sqlalchemy as sa

        content = None
        if tables:
            content = context.connection.execute(sa.select(tables[0].c.content)).scalar()
        return {
            "content": content,
            "applied": [r for r in self.graph if r in self.below(heads)],
            "known": list(self.graph),
            "messages": {r: " ".join((s.doc or "").split()) for r, s in self.graph.items()},
        }

    def below(self, heads):
        """These revisions and all that they stand on."""
        found, open_ = set(), [r.revision for h in heads for r in self.scripts.get_revisions(h)]
        while open_:
            revision = open_.pop()
            if revision not in found:
                found.add(revision)
                open_.extend(self.graph[revision]._all_down_revisions)
        return found

    def ask(self, heads, context):
        """Reads what is remembered so that nobody else changes it, lets the other side decide, and writes what it says."""
        tables = self.store(context, make=True)
        history, log = tables
        connection = context.connection
        self.make_row(connection, history)
        # Whoever else changes it waits here.
        connection.execute(history.update().values(id=1))
        tell(self.remembered(heads, context, tables))
        decided = hear()
        if decided.get("refuse"):
            raise Refused()
        connection.execute(history.update().values(content=decided["content"]))
        for line in decided["log"]:
            connection.execute(log.insert().values(line=line))
        return decided

    def attached(self, context):
        """SQLite attaches no database within a transaction."""
        if context.connection.dialect.name == "sqlite":
            self.store(context, make=True)

    def make_row(self, connection, history):
        import sqlalchemy as sa

        row = sa.select(sa.literal(1), sa.literal("{}"))
        absent = ~sa.exists(sa.select(history.c.id))
        try:
            with connection.begin_nested():
                connection.execute(history.insert().from_select(["id", "content"], row.where(absent)))
        except sa.exc.IntegrityError:
            pass  # Another was faster.

    def stamp(self, context, applied):
        """Has Alembic's table say that these are applied."""
        applied = set(applied)
        inner = {d for r in applied for d in self.graph[r]._all_down_revisions}
        context.connection.execute(context._version.delete())
        for head in sorted(applied - inner):
            context.connection.execute(context._version.insert().values(version_num=head))

    # Requests

    def hello(self, request):
        import alembic

        told = {}

        def look(heads, context):
            dialect = context.connection.dialect
            version = ".".join(str(part) for part in dialect.server_version_info or ())
            name = "mariadb" if getattr(dialect, "is_mariadb", False) else dialect.name
            told.update(dialect=name, version=version, alembic=alembic.__version__)
            told.update(transactional=bool(context.impl.transactional_ddl))
            return []

        self.within(look, reads_only=True)
        return told

    def ensure(self, request):
        def make(heads, context):
            self.attached(context)
            with context.begin_transaction(_per_migration=True):
                self.make_row(context.connection, self.store(context, make=True)[0])
            return []

        self.within(make, reads_only=True)
        return {}

    def read(self, request):
        told = {}

        def look(heads, context):
            told.update(self.remembered(heads, context, self.store(context)))
            return []

        self.within(look, reads_only=True)
        return told

    def log(self, request):
        import sqlalchemy as sa

        lines = []

        def look(heads, context):
            tables = self.store(context)
            if tables:
                lines.extend(context.connection.execute(sa.select(tables[1].c.line).order_by(tables[1].c.id)).scalars())
            return []

        self.within(look, reads_only=True)
        return {"lines": lines}

    def change(self, request):
        def make(heads, context):
            self.attached(context)
            with context.begin_transaction(_per_migration=True):
                decided = self.ask(context.get_current_heads(), context)
                if decided["stamp"] is not None:
                    context._ensure_version_table()
                    self.stamp(context, decided["stamp"])
            return []

        self.within(make, reads_only=True)
        return {}

    def run(self, request):
        from alembic.runtime.migration import MigrationStep

        verb, name = request["verb"], request["revision"]
        if name not in self.graph:
            raise Wrong("Alembic has no revision %s" % name)
        script, make = self.graph[name], getattr(MigrationStep, "%s_from_script" % verb)

        def steps(heads, context):
            if (verb == "upgrade") == (name in self.below(heads)):
                raise Wrong("revision %s is %s" % (name, "applied already" if verb == "upgrade" else "not applied"))
            for other in self.below(heads) if verb == "downgrade" else ():
                if name in self.graph[other]._all_down_revisions:
                    raise Wrong("revision %s stands on it and is applied" % other)
            for other in script._all_down_revisions if verb == "upgrade" else ():
                if other not in self.below(heads):
                    raise Wrong("revision %s, on which it stands, is not applied" % other)
            step = make(self.scripts.revision_map, script)
            own = step.migration_fn

            def recorded(**arguments):
                own(**arguments)
                self.ask(heads, context)

            if request["record"]:
                step.migration_fn = recorded
            return [step]

        self.within(steps)
        return {}

    def sql(self, request):
        told = {}

        def execute(heads, context):
            with context.begin_transaction(_per_migration=True):
                # Without parameters a driver looks for no places to put them.
                connection = context.connection.execution_options(no_parameters=True)
                told["rows"] = max(0, connection.exec_driver_sql(request["text"]).rowcount)
                if request["record"]:
                    self.ask(heads, context)
            return []

        self.within(execute, reads_only=True)
        return told

    def list_revisions(self, request):
        return {"revisions": [self.told(script) for script in self.graph.values()]}

    def told(self, script):
        from alembic.util import to_tuple

        lines = (script.module.__doc__ or "").splitlines()
        dates = [line.partition(":")[2].strip() for line in lines if line.startswith("Create Date:")]
        return {
            "revision": script.revision,
            "parents": list(script._versioned_down_revisions),
            "depends_on": list(script._resolved_dependencies),
            "labels": list(to_tuple(script.module.__dict__.get("branch_labels"), default=())),
            "message": " ".join((script.doc or "").split()),
            "created": dates[0][:19].replace(" ", "T") + "Z" if dates and len(dates[0]) >= 19 else None,
            "path": os.path.abspath(script.path),
        }

    def create(self, request):
        from alembic import command
        from alembic.script import ScriptDirectory

        new = request["revision"]
        if new["id"] in self.graph:
            raise Wrong("Alembic has a revision %s already" % new["id"])
        revises = new["revises"] or ["head"]
        made = command.revision(
            self.config,
            new["message"],
            autogenerate=new["autogenerate"],
            head=revises[0] if len(revises) == 1 else revises,
            splice=new["splice"],
            branch_label=new["branch_labels"] or None,
            rev_id=new["id"],
            depends_on=new["depends_on"] or None,
        )
        made = [script for script in (made if isinstance(made, list) else [made]) if script]
        if not made:
            return {"revision": None}
        # Anew, since Alembic reads the revisions once. Of several, hosts list the others.
        scripts = ScriptDirectory.from_config(self.config)
        return {"revision": self.told(scripts.get_revision(made[-1].revision))}


def kind_of(error):
    import sqlalchemy as sa

    original = getattr(error, "orig", None)
    said = str(original or error).lower()
    state = getattr(original, "sqlstate", None) or getattr(original, "pgcode", None) or ""
    number = next(iter(getattr(original, "args", ())), None)
    if isinstance(error, Wrong) or not isinstance(error, sa.exc.SQLAlchemyError):
        return "statement"
    if getattr(error, "connection_invalidated", False):
        return "connection_lost"
    if "database is locked" in said or "table is locked" in said or state in ("40001", "40P01", "55P03") or number in (1205, 1213):
        return "busy"
    if state.startswith("28") or number == 1045 or "password authentication failed" in said:
        return "authentication"
    if state == "3D000" or number == 1049 or ("fatal: " in said and said.rstrip().endswith('" does not exist')):
        return "database_missing"
    if state == "42501" or number in (1142, 1044) or "readonly database" in said:
        return "permission"
    if state == "53100" or "disk is full" in said:
        return "full"
    if "unable to open database file" in said or "could not connect" in said or "connection refused" in said or number == 2003:
        return "connect"
    return "statement"


def code_of(original):
    """The database's own code, and its message without it."""
    state = getattr(original, "sqlstate", None) or getattr(original, "pgcode", None)
    arguments = getattr(original, "args", ())
    if len(arguments) == 2 and isinstance(arguments[0], int):
        return str(arguments[0]), str(arguments[1])
    return state or getattr(original, "sqlite_errorname", None), str(original)


def failure(error):
    lines = traceback.format_exception_only(type(error), error)
    original = getattr(error, "orig", None)
    # What Alembic says is for people. SQLAlchemy puts the statement and a link behind what the database said. What else was
    # raised is at the end of a traceback.
    is_told = isinstance(error, Wrong) or type(error).__module__.startswith("alembic.")
    code, message = None, str(error) if is_told else lines[-1]
    if original is not None:
        code, message = code_of(original)
    message = " ".join(message.split())
    for secret in sorted(SECRETS, key=len, reverse=True):
        message = message.replace(secret, "***")
    frames = [f for f in traceback.extract_tb(error.__traceback__) if os.path.abspath(f.filename).startswith(tuple(FOLDERS))]
    place = "%s:%d" % (os.path.relpath(frames[-1].filename), frames[-1].lineno) if frames else None
    try:
        kind = kind_of(error)
    except ImportError:
        kind = "connect"
    return {"error": {"kind": kind, "message": message, "code": code, "place": place}}


def tell(document):
    OUT.write(json.dumps(document) + "\n")
    OUT.flush()


def hear():
    return json.loads(LINES.get())


def listen():
    """Whoever is gone has no lock any more: nothing goes on without it, and least of all a migration."""
    for line in IN:
        LINES.put(line)
    os._exit(1)


def serve(settings):
    driver = None
    while True:
        request = hear()
        try:
            if driver is None:
                driver = Driver(settings)
            answer = getattr(driver, request["op"])(request)
            tell({"answer": answer})
        except Refused:
            tell({"answer": {}})
        except (Exception, SystemExit) as error:
            tell(failure(error))


# What the project prints goes to standard error, and what it reads is empty.
OUT = os.fdopen(os.dup(1), "w", encoding="utf-8")
IN = os.fdopen(os.dup(0), "r", encoding="utf-8")
os.dup2(2, 1)
os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
LINES = queue.SimpleQueue()
threading.Thread(target=listen, daemon=True).start()
serve(json.loads(sys.argv[1]))
