//! The adapter.

use crate::address::Address;
use crate::attachment::{Attachment, changing};
use crate::session::FirebirdSession;
use crate::split;
use dapter_plugin_api::{
    AdapterError, Capability, ConnectOptions, Description, ErrorKind, Notices, Result, Statement,
    SyncMigrationAdapter,
};
use rsfbclient_core::TrLockResolution;

/// The adapter for Firebird.
///
/// It does not declare that structure is transactional, although it is: what a transaction defines cannot be used in it, neither
/// by a script nor by the history, so hosts must not put a whole script into one.
#[derive(Debug, Default)]
pub struct FirebirdAdapter;

impl SyncMigrationAdapter for FirebirdAdapter {
    type Session = FirebirdSession;

    const DESCRIPTION: Description = Description {
        schemes: &["firebird"],
        capabilities: &[
            Capability::Transactions,
            Capability::Lock,
            Capability::Query,
            Capability::Cancel,
            Capability::LockTimeout,
            Capability::CreateDatabase,
            Capability::ServerFacts,
        ],
        ..Description::new("firebird")
    };

    fn connect(&self, options: &ConnectOptions, _: &Notices) -> Result<FirebirdSession> {
        FirebirdSession::open(Address::read(options)?)
    }

    fn split(&self, script: &str) -> Result<Vec<Statement>> {
        split::split(script).map_err(|fault| {
            AdapterError::new(ErrorKind::Script, fault.why)
                .at(fault.at as u64)
                .with_hint(fault.hint)
        })
    }

    fn create_database(&self, options: &ConnectOptions, _: &Notices) -> Result<bool> {
        let address = Address::read(options)?;
        match Attachment::open(&address) {
            Ok(_) => return Ok(false),
            Err(error) if error.kind == ErrorKind::DatabaseMissing => {}
            Err(error) => return Err(error),
        }
        let mut made = match Attachment::create(&address) {
            Ok(made) => made,
            // Somebody else was faster.
            Err(_) if Attachment::open(&address).is_ok() => return Ok(false),
            Err(error) => return Err(error),
        };
        made.within(changing(TrLockResolution::NoWait), |made, transaction| {
            let utf8 = "ALTER DATABASE SET DEFAULT CHARACTER SET UTF8";
            made.run(transaction, utf8, Vec::new()).map(|_| true)
        })
    }
}
