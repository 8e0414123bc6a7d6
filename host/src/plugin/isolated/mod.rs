//! Plugins in processes of their own: whatever one does to its process, the host goes on.
//!
//! [`Isolated`] starts a process when something is opened, and carries documents to it over a socket; [`serve()`] is what that
//! process runs. It ends with the socket. A crash, an exit, a call that takes longer than its limit, more memory than allowed:
//! each becomes an error of the call that was running, with what the process said last, and the sessions in it are gone as if
//! their connections had broken. What is opened next starts another process.
//!
//! This keeps a fault from spreading. It is no sandbox: the process may do what its user may.

mod ended;
mod frame;
mod limits;
mod link;
mod loading;
mod remote;
mod serve;
mod start;
mod start_error;
mod watch;
mod workers;

pub use limits::Limits;
pub use remote::Isolated;
pub use serve::serve;
pub use start::ChildProgram;
pub use start_error::StartError;

use loading::{Failed, Load};
