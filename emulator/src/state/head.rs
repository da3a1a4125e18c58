//! The first line of a state file and of its log: a person who looks into one sees what it is, and who wrote it.

/// Number of the form in which states are written. It is raised when a record gets another form: the test
/// `the_form_of_the_file_is_that_of_its_number` says when.
pub(super) const FORMAT: u32 = 2;
/// Version of this emulator. Inputs are repeated when a log is read, and only the same version gives the same answers.
pub(super) const VERSION: &str = env!("CARGO_PKG_VERSION");
/// Longest line that is looked at.
const LONGEST: usize = 200;

/// The kind of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Snapshot,
    Log,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Snapshot => "ecs-emulator-state",
            Self::Log => "ecs-emulator-state-log",
        }
    }
}

/// A first line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) format: u32,
    pub(super) version: String,
    /// Number of the snapshot; of a log, the one that its inputs follow.
    pub(super) generation: u64,
}

impl Head {
    pub(super) fn ours(generation: u64) -> Self {
        Self {
            format: FORMAT,
            version: VERSION.to_owned(),
            generation,
        }
    }

    pub(super) fn is_ours(&self) -> bool {
        self.format == FORMAT && self.version == VERSION
    }

    pub(super) fn render(&self, kind: Kind) -> String {
        format!(
            "{} format={} version={} snapshot={}\n",
            kind.name(),
            self.format,
            self.version,
            self.generation
        )
    }

    /// True if the bytes are the beginning of a first line of this kind.
    pub(super) fn begins(kind: Kind, bytes: &[u8]) -> bool {
        let name = kind.name().as_bytes();
        let length = bytes.len().min(name.len());
        bytes.len() < LONGEST && !bytes.contains(&b'\n') && name[..length] == bytes[..length]
    }

    /// The head of a file with the length of its line. None: the file has none of this kind.
    pub(super) fn parse(kind: Kind, bytes: &[u8]) -> Option<(Self, usize)> {
        let end = bytes.iter().take(LONGEST).position(|byte| *byte == b'\n')?;
        let line = std::str::from_utf8(&bytes[..end]).ok()?;
        let mut words = line.split(' ');
        if words.next() != Some(kind.name()) {
            return None;
        }
        let mut value = |name: &str| words.next()?.strip_prefix(name)?.strip_prefix('=');
        let head = Self {
            format: value("format")?.parse().ok()?,
            version: value("version")?.to_owned(),
            generation: value("snapshot")?.parse().ok()?,
        };
        Some((head, end + 1))
    }
}
