//! The first frame in each direction: what to load, and why that failed.

use super::frame::{Frame, Kind};
use super::limits::Limits;
use serde::{Deserialize, Serialize};
use std::io;
use std::path::PathBuf;

/// What a child is to load.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Load {
    pub(super) file: PathBuf,
    pub(super) limits: Limits,
}

/// Why a child could not load it.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Failed {
    pub(super) message: String,
    pub(super) hint: String,
}

impl Load {
    pub(super) fn read(frame: &Frame<Vec<u8>>) -> io::Result<Load> {
        match frame.kind {
            Kind::Load => Ok(serde_json::from_slice(&frame.document)?),
            _ => Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "this is for dapter to start, and not for people",
            )),
        }
    }
}
