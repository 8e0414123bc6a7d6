//! A connection to a database: transactions and statements, one message to the server after the other.

use crate::address::Address;
use crate::error::{at_connect, told, told_of};
use dapter_plugin_api::Result;
use rsfbclient_core::{
    Column, Dialect, FbError, FirebirdClientDbOps, FirebirdClientSqlOps, FreeStmtOp, SqlType,
    StmtType, TrDataAccessMode, TrIsolationLevel, TrLockResolution, TrOp, TrRecordVersion,
    TransactionConfiguration, charset,
};
use rsfbclient_rust::{RustFbClient, RustFbClientAttachmentConfig};

type Database = <RustFbClient as FirebirdClientDbOps>::DbHandle;
type Prepared = <RustFbClient as FirebirdClientSqlOps>::StmtHandle;

/// An open transaction.
pub(crate) type Transaction = <RustFbClient as FirebirdClientSqlOps>::TrHandle;

/// A row of a result.
pub(crate) type Row = Vec<Column>;

/// How a transaction looks at the database that reads all as of one moment, and changes nothing.
pub(crate) const LOOKING: TransactionConfiguration = TransactionConfiguration {
    isolation: TrIsolationLevel::Concurrency,
    data_access: TrDataAccessMode::ReadOnly,
    lock_resolution: TrLockResolution::NoWait,
};

/// How a transaction works that changes something, and waits so for others. It reads what is committed, which is what a change
/// must fit.
pub(crate) const fn changing(wait: TrLockResolution) -> TransactionConfiguration {
    TransactionConfiguration {
        isolation: TrIsolationLevel::ReadCommited(TrRecordVersion::RecordVersion),
        data_access: TrDataAccessMode::ReadWrite,
        lock_resolution: wait,
    }
}

/// A connection. Dropped, it ends, and the server rolls back what is open.
pub(crate) struct Attachment {
    client: RustFbClient,
    database: Database,
}

impl Attachment {
    /// Connects.
    pub(crate) fn open(address: &Address) -> Result<Attachment> {
        Self::made(address, |client, settings| {
            client.attach_database(settings, Dialect::D3, false)
        })
    }

    /// Makes the database and connects to it.
    pub(crate) fn create(address: &Address) -> Result<Attachment> {
        Self::made(address, |client, settings| {
            client.create_database(settings, None, Dialect::D3)
        })
    }

    fn made(
        address: &Address,
        make: impl FnOnce(
            &mut RustFbClient,
            &RustFbClientAttachmentConfig,
        ) -> std::result::Result<Database, FbError>,
    ) -> Result<Attachment> {
        let settings = RustFbClientAttachmentConfig {
            host: address.host.clone(),
            port: address.port,
            db_name: address.database.clone(),
            user: address.user.clone(),
            pass: address.password.clone(),
            role_name: address.role.clone(),
        };
        let mut client = RustFbClient::new(charset::UTF_8);
        match make(&mut client, &settings) {
            Ok(database) => Ok(Attachment { client, database }),
            Err(error) => Err(at_connect(address, &error)),
        }
    }

    /// Begins a transaction.
    pub(crate) fn begin(&mut self, manner: TransactionConfiguration) -> Result<Transaction> {
        self.client
            .begin_transaction(&mut self.database, manner)
            .map_err(|error| told(&error))
    }

    /// Makes a transaction last. One that cannot be committed is open still.
    pub(crate) fn commit(&mut self, transaction: &mut Transaction) -> Result<()> {
        self.client
            .transaction_operation(transaction, TrOp::Commit)
            .map_err(|error| told(&error))
    }

    /// Undoes a transaction.
    pub(crate) fn rollback(&mut self, transaction: &mut Transaction) -> Result<()> {
        self.client
            .transaction_operation(transaction, TrOp::Rollback)
            .map_err(|error| told(&error))
    }

    /// Does something in a transaction of its own, which lasts if it succeeds.
    pub(crate) fn within<T>(
        &mut self,
        manner: TransactionConfiguration,
        work: impl FnOnce(&mut Attachment, &mut Transaction) -> Result<T>,
    ) -> Result<T> {
        let mut transaction = self.begin(manner)?;
        let worked = work(self, &mut transaction).and_then(|done| {
            self.commit(&mut transaction)?;
            Ok(done)
        });
        worked.map_err(|mut error| {
            if let Err(second) = self.rollback(&mut transaction) {
                error
                    .chain
                    .push(format!("and it could not be rolled back: {second}"));
            }
            error
        })
    }

    /// Runs a statement and returns how many rows it changed.
    pub(crate) fn run(
        &mut self,
        transaction: &mut Transaction,
        statement: &str,
        values: Vec<SqlType>,
    ) -> Result<u64> {
        self.run_each(transaction, statement, [values])
    }

    /// Runs a statement for each list of values, and returns how many rows they changed.
    pub(crate) fn run_each(
        &mut self,
        transaction: &mut Transaction,
        statement: &str,
        lists: impl IntoIterator<Item = Vec<SqlType>>,
    ) -> Result<u64> {
        let (form, mut prepared) = self.prepare(transaction, statement)?;
        let mut changed = 0;
        let mut result = Ok(());
        for values in lists {
            match self.execute(transaction, form, &mut prepared, values) {
                Ok(rows) => changed += rows,
                Err(error) => {
                    result = Err(told_of(&error, statement));
                    break;
                }
            }
        }
        self.free(prepared);
        result.map(|()| changed)
    }

    /// Runs a statement and returns its rows, none where it returns none.
    pub(crate) fn rows(
        &mut self,
        transaction: &mut Transaction,
        statement: &str,
        values: Vec<SqlType>,
    ) -> Result<Vec<Row>> {
        let (form, mut prepared) = self.prepare(transaction, statement)?;
        let executed = self
            .client
            .execute(&mut self.database, transaction, &mut prepared, values);
        let fetched = executed.and_then(|_| match form {
            StmtType::Select | StmtType::SelectForUpd => self.fetch(transaction, &mut prepared),
            _ => Ok(Vec::new()),
        });
        self.free(prepared);
        fetched.map_err(|error| told_of(&error, statement))
    }

    fn prepare(
        &mut self,
        transaction: &mut Transaction,
        statement: &str,
    ) -> Result<(StmtType, Prepared)> {
        self.client
            .prepare_statement(&mut self.database, transaction, Dialect::D3, statement)
            .map_err(|error| told_of(&error, statement))
    }

    /// A query is read to its end: what it calls has run only then.
    fn execute(
        &mut self,
        transaction: &mut Transaction,
        form: StmtType,
        prepared: &mut Prepared,
        values: Vec<SqlType>,
    ) -> std::result::Result<u64, FbError> {
        let rows = self
            .client
            .execute(&mut self.database, transaction, prepared, values)?;
        if matches!(form, StmtType::Select | StmtType::SelectForUpd) {
            self.fetch(transaction, prepared)?;
            return Ok(0);
        }
        Ok(rows as u64)
    }

    fn fetch(
        &mut self,
        transaction: &mut Transaction,
        prepared: &mut Prepared,
    ) -> std::result::Result<Vec<Row>, FbError> {
        let mut rows = Vec::new();
        while let Some(row) = self
            .client
            .fetch(&mut self.database, transaction, prepared)?
        {
            rows.push(row);
        }
        Ok(rows)
    }

    fn free(&mut self, mut prepared: Prepared) {
        // Of no use to anybody; if the connection is lost the next call says so.
        let _ = self.client.free_statement(&mut prepared, FreeStmtOp::Drop);
    }
}

impl Drop for Attachment {
    fn drop(&mut self) {
        // Ending a lost connection fails, and leaves nothing behind either.
        let _ = self.client.detach_database(&mut self.database);
    }
}
