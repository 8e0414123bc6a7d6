//! The subject at work: its databases, and what its effects look like.

use crate::client::{Client, Refused, patiently};
use crate::outcome::{Ended, Skip};
use crate::subject::{Effect, Look, Script, Subject};
use crate::surroundings::{Elsewhere, Surroundings};
use dapter_plugin_api::abi::{Adapter, block_on};
use dapter_plugin_api::{
    AdapterInfo, Capability, ConnectOptions, ErrorKind, History, LogEntry, Statement,
};
use std::sync::{Barrier, OnceLock};
use std::thread;

/// How many sessions run in a race.
pub(crate) const RACERS: usize = 8;

/// How a probe came out: the rows it affected, or the kind of its error.
type Outcome = Result<u64, ErrorKind>;

/// How the probe of an effect comes out without the effect, and with it.
type Outcomes = OnceLock<Result<(Outcome, Outcome), Ended>>;

/// The subject of all cases.
pub(crate) struct Bench {
    pub(crate) subject: Subject,
    surroundings: Surroundings,
    put: Outcomes,
    ddl: Outcomes,
}

impl Bench {
    pub(crate) fn new(subject: Subject, surroundings: Surroundings) -> Self {
        Bench {
            subject,
            surroundings,
            put: OnceLock::new(),
            ddl: OnceLock::new(),
        }
    }

    pub(crate) fn info(&self) -> &AdapterInfo {
        self.subject.adapter.info()
    }

    /// A new database with nothing in it.
    pub(crate) fn empty(&self) -> Result<Database<'_>, Ended> {
        Ok(Database {
            bench: self,
            options: (self.subject.fresh)()?,
        })
    }

    /// A new database that keeps a history, and nothing else.
    pub(crate) fn kept(&self) -> Result<Database<'_>, Ended> {
        let database = self.empty()?;
        database.connect()?.ensure_history()?;
        Ok(database)
    }

    /// A new database that keeps a history, and is ready for the subject's statements.
    pub(crate) fn prepared(&self) -> Result<Database<'_>, Ended> {
        let database = self.kept()?;
        let mut client = database.connect()?;
        for statement in &self.subject.prepare {
            client.execute(statement)?;
        }
        drop(client);
        Ok(database)
    }

    pub(crate) fn connect(&self, options: &ConnectOptions) -> Result<Client, Refused> {
        connect(&self.subject.adapter, options)
    }

    /// Another process with the adapter.
    pub(crate) fn elsewhere(&self) -> Result<Elsewhere, Ended> {
        let start = self.surroundings.elsewhere.as_ref();
        let start = start.ok_or_else(|| {
            Ended::inapplicable("there is no other process that sees its databases")
        })?;
        Ok(start()?)
    }

    /// What was written to the standard output so far.
    pub(crate) fn printed(&self) -> Result<String, Ended> {
        let printed = self.surroundings.printed.as_ref();
        let printed =
            printed.ok_or_else(|| Ended::inapplicable("nobody keeps what the process writes"))?;
        Ok(printed()?)
    }

    /// The statements that end other sessions.
    pub(crate) fn kill(&self) -> Result<&[String], Ended> {
        match &self.subject.kill[..] {
            [] => Err(Ended::inapplicable(
                "the subject has no way to `kill` a session",
            )),
            statements => Ok(statements),
        }
    }

    /// Where a database could be that is not there yet.
    pub(crate) fn absent(&self) -> Result<ConnectOptions, Ended> {
        let absent = self.subject.absent.as_ref();
        Ok(absent.ok_or(unsupplied("absent"))?()?)
    }

    pub(crate) fn create_database(&self, options: &ConnectOptions) -> Result<bool, Refused> {
        block_on(self.subject.adapter.create_database(options)).map_err(|error| Refused {
            call: "create_database",
            error,
        })
    }

    pub(crate) fn create_scratch(
        &self,
        beside: &ConnectOptions,
    ) -> Result<ConnectOptions, Refused> {
        block_on(self.subject.adapter.create_scratch(beside)).map_err(|error| Refused {
            call: "create_scratch",
            error,
        })
    }

    pub(crate) fn drop_scratch(&self, scratch: &ConnectOptions) -> Result<(), Refused> {
        block_on(self.subject.adapter.drop_scratch(scratch)).map_err(|error| Refused {
            call: "drop_scratch",
            error,
        })
    }

    pub(crate) fn split(&self, script: &str) -> Result<Vec<Statement>, Refused> {
        block_on(self.subject.adapter.split(script)).map_err(|error| Refused {
            call: "split",
            error,
        })
    }

    /// The subject's statement that writes something.
    pub(crate) fn put(&self) -> &str {
        &self.subject.put.statement
    }

    /// The subject's statement that fails.
    pub(crate) fn fail(&self) -> &str {
        &self.subject.fail.statement
    }

    pub(crate) fn script(&self) -> &Script {
        &self.subject.script
    }

    pub(crate) fn look(&self) -> Result<&Look, Ended> {
        self.subject.look.as_ref().ok_or(unsupplied("look"))
    }

    pub(crate) fn ddl(&self) -> Result<&Effect, Ended> {
        self.subject.ddl.as_ref().ok_or(unsupplied("ddl"))
    }

    pub(crate) fn slow(&self) -> Result<&str, Ended> {
        self.subject.slow.as_deref().ok_or(unsupplied("slow"))
    }

    /// Whether `put` has taken effect in the client's database. Uses the effect up.
    pub(crate) fn has_put(&self, client: &mut Client) -> Result<bool, Ended> {
        self.has(&self.subject.put, &self.put, client)
    }

    /// Whether `ddl` has taken effect in the client's database. Uses the effect up.
    pub(crate) fn has_ddl(&self, client: &mut Client) -> Result<bool, Ended> {
        self.has(self.ddl()?, &self.ddl, client)
    }

    fn has(
        &self,
        effect: &Effect,
        outcomes: &Outcomes,
        client: &mut Client,
    ) -> Result<bool, Ended> {
        let (without, with) = outcomes.get_or_init(|| self.outcomes(effect)).clone()?;
        let found = probe(effect, client);
        if found == without || found == with {
            return Ok(found == with);
        }
        Err(format!(
            "`{}` came out as {found:?}; it is {without:?} on a database without the effect and {with:?} on one with it",
            effect.probe
        )
        .into())
    }

    fn outcomes(&self, effect: &Effect) -> Result<(Outcome, Outcome), Ended> {
        let without = probe(effect, &mut self.prepared()?.connect()?);
        let mut client = self.prepared()?.connect()?;
        client.execute(&effect.statement)?;
        let with = probe(effect, &mut client);
        if without == with {
            return Err(format!(
                "the probe `{}` tells nothing: it comes out as {with:?} always",
                effect.probe
            )
            .into());
        }
        Ok((without, with))
    }
}

fn connect(adapter: &Adapter, options: &ConnectOptions) -> Result<Client, Refused> {
    let connected = block_on(adapter.connect(options));
    connected.map(Client::new).map_err(|error| Refused {
        call: "connect",
        error,
    })
}

/// Runs the probe. A session that has just ended may still be in the way.
fn probe(effect: &Effect, client: &mut Client) -> Outcome {
    patiently(|| client.execute(&effect.probe)).map_err(|refused| refused.error.kind)
}

/// The adapter declares what this part of the subject is needed for.
fn unsupplied(part: &'static str) -> Ended {
    Ended::Skipped(Skip::Unsupplied(part))
}

/// There is nothing to test where transactions are not declared.
pub(crate) fn needs_transactions(bench: &Bench) -> Result<(), Ended> {
    match bench.info().has(Capability::Transactions) {
        true => Ok(()),
        false => Err(Ended::inapplicable("transactions are not declared")),
    }
}

/// One database of the subject.
pub(crate) struct Database<'a> {
    pub(crate) bench: &'a Bench,
    pub(crate) options: ConnectOptions,
}

impl Database<'_> {
    /// A new session.
    pub(crate) fn connect(&self) -> Result<Client, Refused> {
        self.bench.connect(&self.options)
    }

    /// A new session in another process.
    pub(crate) fn connect_from(&self, elsewhere: &Elsewhere) -> Result<Client, Refused> {
        connect(&elsewhere.adapter, &self.options)
    }

    /// Has the server end every other session.
    pub(crate) fn kill_others(&self) -> Result<(), Ended> {
        let statements = self.bench.kill()?;
        let mut killer = self.connect()?;
        for statement in statements {
            killer.execute(statement)?;
        }
        Ok(())
    }

    /// The history as a new session reads it.
    pub(crate) fn history(&self) -> Result<History, Refused> {
        self.connect()?.read_history()
    }

    /// The log as a new session reads it.
    pub(crate) fn log(&self) -> Result<Vec<LogEntry>, Refused> {
        self.connect()?.read_log()
    }

    /// Runs something in [`RACERS`] sessions on threads at once, each of which is told its number.
    pub(crate) fn race<T: Send>(
        &self,
        run: impl Fn(&mut Client, usize) -> Result<T, Ended> + Sync,
    ) -> Result<Vec<T>, Ended> {
        let mut clients = Vec::new();
        for _ in 0..RACERS {
            clients.push(self.connect()?);
        }
        let start = Barrier::new(RACERS);
        thread::scope(|scope| {
            let racer = |(number, mut client): (usize, Client)| {
                let (start, run) = (&start, &run);
                scope.spawn(move || {
                    start.wait();
                    run(&mut client, number)
                })
            };
            let racers: Vec<_> = clients.into_iter().enumerate().map(racer).collect();
            let ended = racers.into_iter().map(|racer| racer.join());
            ended
                .map(|result| result.unwrap_or_else(|_| Err("a racer panicked".into())))
                .collect()
        })
    }
}
