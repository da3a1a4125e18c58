//! Texts that are written while they are made. The document of a big estate takes as much memory as everything that a scan
//! has found, and nobody needs it as a whole.

use std::{
    fmt,
    io::{self, BufWriter, Write},
};

use super::Finished;

/// Writes a text to a place.
type Writing<'a> = dyn Fn(&mut dyn Write) -> io::Result<()> + 'a;

/// A text that goes to its place piece by piece; as safe to be written as one that is [`Finished`].
pub struct Stream<'a>(Box<Writing<'a>>);

impl<'a> Stream<'a> {
    pub(super) fn new(write: impl Fn(&mut dyn Write) -> io::Result<()> + 'a) -> Self {
        Self(Box::new(write))
    }

    /// Writes all of it, and answers once nothing is left behind.
    pub fn write_to(&self, place: &mut dyn Write) -> io::Result<()> {
        let mut buffered = BufWriter::new(place);
        (self.0)(&mut buffered)?;
        buffered.flush()
    }

    /// The text as a whole.
    pub fn finish(&self) -> Finished {
        let mut text = Vec::new();
        // Only a map with keys that are no text cannot be written, and no document of ours has one.
        let _infallible = (self.0)(&mut text);
        Finished(String::from_utf8(text).unwrap_or_default())
    }
}

impl From<Finished> for Stream<'_> {
    fn from(text: Finished) -> Self {
        Self::new(move |place| place.write_all(text.as_str().as_bytes()))
    }
}

impl fmt::Debug for Stream<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Stream")
    }
}
