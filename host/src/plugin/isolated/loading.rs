//! The first frame in each direction: what to load, and why that failed.

use super::frame::{Frame, Kind};
use super::limits::Limits;
use crate::plugin::{Expected, LoadError, Sha256, SignatureExpectation, Step};
use serde::{Deserialize, Serialize};
use std::io;
use std::path::{Path, PathBuf};

/// What a child is to load.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Load {
    pub(super) file: PathBuf,
    pub(super) limits: Limits,
    sha256: Option<String>,
    by: Option<PathBuf>,
    /// The signature, and the key that must have made it.
    signature: Option<(String, String)>,
    remembered_in: Option<PathBuf>,
}

/// Why a child could not load it.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Failed {
    pub(super) message: String,
    pub(super) hint: String,
    /// The code of the step.
    pub(super) step: String,
}

impl Load {
    pub(super) fn of(file: &Path, expected: &Expected, limits: Limits) -> Load {
        let signature = expected.signature.as_ref();
        Load {
            file: file.to_owned(),
            limits,
            sha256: expected.sha256.map(|hash| hash.to_string()),
            by: expected.by.clone(),
            signature: signature.map(|it| (it.signature.clone(), it.public_key.clone())),
            remembered_in: expected.remembered_in.clone(),
        }
    }

    pub(super) fn read(frame: &Frame<Vec<u8>>) -> io::Result<Load> {
        match frame.kind {
            Kind::Load => Ok(serde_json::from_slice(&frame.document)?),
            _ => Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "this is for dapter to start, and not for people",
            )),
        }
    }

    /// What the file must be: here it is checked on the very bytes that run.
    pub(super) fn expected(&self) -> io::Result<Expected> {
        let hash = self.sha256.as_deref().map(str::parse::<Sha256>);
        let hash = hash.transpose();
        let signature = self.signature.clone();
        Ok(Expected {
            sha256: hash.map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?,
            by: self.by.clone(),
            signature: signature.map(|(signature, public_key)| SignatureExpectation {
                signature,
                public_key,
            }),
            remembered_in: self.remembered_in.clone(),
        })
    }
}

impl Failed {
    pub(super) fn of(error: &LoadError) -> Failed {
        Failed {
            message: error.problem.to_string(),
            hint: error.hint(),
            step: error.step().code().to_owned(),
        }
    }

    /// The step that failed.
    pub(super) fn step(&self) -> Step {
        let mut all = Step::ALL.into_iter();
        let step = all.find(|step| step.code() == self.step);
        step.unwrap_or(Step::Probe)
    }
}
