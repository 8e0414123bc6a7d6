"""Prints what Alembic renders offline for every revision, as one JSON document.

Arguments: the folder that holds alembic.ini, or the folder of the scripts.
"""

import contextlib
import io
import json
import os
import sys


def configuration(folder):
    from alembic.config import Config

    for place in (folder, os.path.dirname(os.path.abspath(folder))):
        ini = os.path.join(place, "alembic.ini")
        if os.path.isfile(ini):
            os.chdir(place)
            sys.path.insert(0, os.getcwd())
            config = Config("alembic.ini")
            # Its lines would stand among the statements.
            config.attributes["configure_logger"] = False
            return config
    raise SystemExit("no alembic.ini in %s or the folder above" % folder)


def rendered(command, config, revisions):
    output = io.StringIO()
    config.output_buffer = output
    config.stdout = output
    with contextlib.redirect_stderr(io.StringIO()):
        command(config, revisions, sql=True)
    return output.getvalue()


def main(folder):
    from alembic import command
    from alembic.script import ScriptDirectory
    from alembic.util import to_tuple

    out = sys.stdout
    sys.stdout = sys.stderr
    config = configuration(folder)
    scripts = ScriptDirectory.from_config(config)
    revisions = []
    for script in reversed(list(scripts.walk_revisions())):
        down = to_tuple(script.down_revision, default=())
        entry = {
            "revision": script.revision,
            "path": os.path.abspath(script.path),
            "message": " ".join((script.doc or "").split()),
            "created": None,
            "down_revisions": list(down),
            "depends_on": list(to_tuple(script.dependencies, default=())),
            "branch_labels": list(script.module.__dict__.get("branch_labels") and to_tuple(script.module.branch_labels) or ()),
            "upgrade": None,
            "downgrade": None,
            "error": None,
        }
        for line in (script.module.__doc__ or "").splitlines():
            if line.startswith("Create Date:"):
                date = line.partition(":")[2].strip()[:19].replace(" ", "T")
                if len(date) == 19:
                    entry["created"] = date + "Z"
        base = down[0] if down else "base"
        try:
            entry["upgrade"] = rendered(command.upgrade, config, "%s:%s" % (base, script.revision))
        except (Exception, SystemExit) as error:
            entry["error"] = "%s: %s" % (type(error).__name__, error)
        else:
            try:
                entry["downgrade"] = rendered(
                    command.downgrade, config, "%s:%s" % (script.revision, base)
                )
            except NotImplementedError:
                pass
            except (Exception, SystemExit) as error:
                entry["error"] = "downgrade: %s: %s" % (type(error).__name__, error)
        revisions.append(entry)
    table = config.get_main_option("version_table") or "alembic_version"
    json.dump({"version_table": table, "revisions": revisions}, out)


main(sys.argv[1])
