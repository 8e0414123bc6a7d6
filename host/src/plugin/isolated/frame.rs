//! What goes between a host and a plugin's process: documents, each in a frame.
//!
//! A frame is a byte that says what it is, the numbers of a port and of a call, the length of the document (each eight
//! bytes, little end first), and the document.

use std::io::{self, ErrorKind, IoSlice, Read, Write};

/// What a frame is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Host: which file to load, and under which limits.
    Load,
    /// Child: it is loaded.
    Ready,
    /// Child: it cannot be loaded; why.
    Failed,
    /// Host: open what the document names, as this port.
    Open,
    /// Host: a call of this port.
    Call,
    /// Child: the port is open, or the call's answer.
    Reply,
    /// Child: the port could not be opened; why.
    Refused,
    /// Host: stop the running call of this port.
    Cancel,
    /// Host: nobody waits for this call any more.
    Abandon,
    /// Host: drop this port; answered when that is done.
    Close,
}

const KINDS: [Kind; 10] = [
    Kind::Load,
    Kind::Ready,
    Kind::Failed,
    Kind::Open,
    Kind::Call,
    Kind::Reply,
    Kind::Refused,
    Kind::Cancel,
    Kind::Abandon,
    Kind::Close,
];

const HEADER: usize = 25;

/// The longest document that is believed, in bytes. A child whose memory is damaged may say any number.
const LONGEST: u64 = 4 << 30;

/// One message.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Frame<D> {
    pub(super) kind: Kind,
    pub(super) port: u64,
    pub(super) call: u64,
    pub(super) document: D,
}

impl<D: AsRef<[u8]>> Frame<D> {
    /// Writes it as a whole.
    pub(super) fn write(&self, to: &mut impl Write) -> io::Result<()> {
        let document = self.document.as_ref();
        let mut header = [0; HEADER];
        header[0] = KINDS
            .iter()
            .position(|&kind| kind == self.kind)
            .map_or(u8::MAX, |place| place as u8);
        header[1..9].copy_from_slice(&self.port.to_le_bytes());
        header[9..17].copy_from_slice(&self.call.to_le_bytes());
        header[17..].copy_from_slice(&(document.len() as u64).to_le_bytes());
        let mut slices = &mut [IoSlice::new(&header), IoSlice::new(document)][..];
        // Both in one call of the system, which is most of what a frame costs.
        while !slices.is_empty() {
            match to.write_vectored(slices) {
                Ok(0) if slices.iter().all(|slice| slice.is_empty()) => return Ok(()),
                Ok(0) => return Err(ErrorKind::WriteZero.into()),
                Ok(written) => IoSlice::advance_slices(&mut slices, written),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

impl Frame<Vec<u8>> {
    /// Reads the next one; `None` when the other side has closed its end between two.
    pub(super) fn read(from: &mut impl Read) -> io::Result<Option<Self>> {
        let mut header = [0; HEADER];
        let first = loop {
            match from.read(&mut header) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                read => break read?,
            }
        };
        if first == 0 {
            return Ok(None);
        }
        from.read_exact(&mut header[first..])?;
        let [kind, numbers @ ..] = header;
        let mut numbers = numbers.chunks_exact(8).map(|bytes| {
            bytes
                .iter()
                .rev()
                .fold(0, |number, &byte| (number << 8) | u64::from(byte))
        });
        let mut number = || numbers.next().unwrap_or_default();
        let (port, call, length) = (number(), number(), number());
        let kind = KINDS.get(usize::from(kind)).copied();
        let Some(kind) = kind.filter(|_| length <= LONGEST) else {
            return Err(io::Error::new(ErrorKind::InvalidData, "no frame of dapter"));
        };
        let mut document = Vec::new();
        // Memory is taken as the bytes come, and not as the header says.
        let read = from.take(length).read_to_end(&mut document)?;
        if (read as u64) < length {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        Ok(Some(Frame {
            kind,
            port,
            call,
            document,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(frame: &Frame<&[u8]>) -> Vec<u8> {
        let mut bytes = Vec::new();
        frame.write(&mut bytes).expect("memory");
        bytes
    }

    #[test]
    fn what_is_written_reads_the_same() {
        let mut bytes = Vec::new();
        for (number, kind) in KINDS.into_iter().enumerate() {
            let document = vec![b'x'; number * 1000];
            let frame = Frame {
                kind,
                port: u64::MAX - number as u64,
                call: 300 + number as u64,
                document: &document[..],
            };
            bytes.extend(written(&frame));
        }
        let mut rest = &bytes[..];
        for (number, kind) in KINDS.into_iter().enumerate() {
            let frame = Frame::read(&mut rest).expect("whole").expect("one more");
            assert_eq!((frame.kind, frame.call), (kind, 300 + number as u64));
            assert_eq!(frame.port, u64::MAX - number as u64);
            assert_eq!(frame.document.len(), number * 1000);
        }
        assert!(Frame::read(&mut rest).expect("the end").is_none());
    }

    #[test]
    fn what_is_no_frame_is_an_error() {
        let whole = written(&Frame {
            kind: Kind::Call,
            port: 1,
            call: 2,
            document: b"document",
        });
        for cut in 1..whole.len() {
            Frame::read(&mut &whole[..cut]).expect_err("cut off");
        }
        let mut unknown = whole.clone();
        unknown[0] = 99;
        let mut endless = whole;
        endless[17..25].fill(0xff);
        for damaged in [unknown, endless] {
            let error = Frame::read(&mut &damaged[..]).expect_err("damaged");
            assert_eq!(error.kind(), ErrorKind::InvalidData);
        }
    }
}
