//! Passes of a gate, as ephemeral resources, and doors that open with one. `cargo run --example gate` says how it is started.

use std::{
    collections::hash_map::RandomState,
    fs::{self, OpenOptions},
    hash::{BuildHasher, Hasher},
    io::{self, Write},
    path::PathBuf,
    process::ExitCode,
    time::{Duration, SystemTime},
};

use tfplug::{Context, EphemeralResource, Failure, Lease, Model, Partial, Provider, Resource, Tf};

/// A gate whose passes are files of a folder.
#[derive(Model)]
pub struct Gate {
    /// Folder of the passes, and of `log`, which has a line for each thing that happens.
    #[tf(required)]
    folder: String,
}

/// The folder.
pub struct Folder(PathBuf);

impl Folder {
    fn pass(&self, code: &str) -> PathBuf {
        self.0.join(format!("{code}.pass"))
    }

    fn log(&self, line: &str) -> io::Result<()> {
        let mut log = OpenOptions::new().create(true).append(true).open(self.0.join("log"))?;
        writeln!(log, "{line}")
    }
}

impl Provider for Gate {
    const NAME: &'static str = "gate";
    const VERSION: &'static str = "0.1.0";
    type Client = Folder;

    async fn configure(self) -> Result<Folder, Failure> {
        Ok(Folder(PathBuf::from(self.folder)))
    }
}

/// A pass, which is valid for one run.
#[derive(Model)]
pub struct Pass {
    /// Name of the holder.
    #[tf(required)]
    holder: String,
    /// Seconds after which it is renewed.
    #[tf(default = 60)]
    valid_for: u32,
    /// The code, which opens doors.
    #[tf(computed, sensitive)]
    code: Tf<String>,
}

impl EphemeralResource for Pass {
    const TYPE_NAME: &'static str = "gate_pass";
    type Client = Folder;

    async fn open(&mut self, gate: &Context<Folder>) -> Result<Lease, Failure> {
        let code = format!("{:016x}", RandomState::new().build_hasher().finish());
        fs::write(gate.pass(&code), &self.holder)?;
        gate.log(&format!("pass of {} opened", self.holder))?;
        let seconds = Duration::from_secs(self.valid_for.into());
        let lease = Lease::of(format!("{} {code}", self.valid_for)).renew_at(SystemTime::now() + seconds);
        self.code = Tf::Known(code);
        Ok(lease)
    }

    async fn renew(lease: Lease, gate: &Context<Folder>) -> Result<Lease, Failure> {
        let (seconds, code) = parts(&lease)?;
        let holder = fs::read_to_string(gate.pass(&code))?;
        gate.log(&format!("pass of {holder} renewed"))?;
        Ok(lease.renew_at(SystemTime::now() + seconds))
    }

    async fn close(lease: Lease, gate: &Context<Folder>) -> Result<(), Failure> {
        let (_, code) = parts(&lease)?;
        let holder = fs::read_to_string(gate.pass(&code))?;
        fs::remove_file(gate.pass(&code))?;
        gate.log(&format!("pass of {holder} closed"))?;
        Ok(())
    }
}

/// What a lease keeps: the time between renewals, and the code.
fn parts(lease: &Lease) -> Result<(Duration, String), Failure> {
    let kept = String::from_utf8_lossy(lease.kept());
    let parts = kept
        .split_once(' ')
        .and_then(|(seconds, code)| Some((seconds.parse().ok()?, code)));
    let (seconds, code) = parts.ok_or_else(|| Failure::new("Unknown pass", "The lease names no pass."))?;
    Ok((Duration::from_secs(seconds), code.to_owned()))
}

/// A door that was opened.
#[derive(Model)]
pub struct Door {
    /// Name of the door.
    #[tf(required, identity, replace)]
    name: String,
    /// Code of a pass. No plan and no state has it.
    #[tf(required, write_only)]
    code: Option<String>,
}

impl Resource for Door {
    const TYPE_NAME: &'static str = "gate_door";
    type Client = Folder;

    async fn read(state: Partial<'_, Self>, _: &Context<Folder>) -> Result<Option<Self>, Failure> {
        let name = state.require(Self::NAME)?;
        Ok(Some(Self { name, code: None }))
    }

    async fn create(&mut self, gate: &Context<Folder>) -> Result<(), Failure> {
        let code = self.code.clone().unwrap_or_default();
        let Ok(holder) = fs::read_to_string(gate.pass(&code)) else {
            let failure = Failure::new("Door stays closed", "No pass has this code.").at(Self::CODE);
            return Err(failure.nothing_done());
        };
        gate.log(&format!("door {} opened by {holder}", self.name))?;
        Ok(())
    }

    async fn update(&mut self, _: &Self, gate: &Context<Folder>) -> Result<(), Failure> {
        self.create(gate).await
    }

    async fn delete(self, gate: &Context<Folder>) -> Result<(), Failure> {
        gate.log(&format!("door {} closed", self.name))?;
        Ok(())
    }
}

/// The provider with all of it.
pub fn provider() -> tfplug::Builder<Gate> {
    tfplug::provider::<Gate>()
        .resource::<Door>()
        .ephemeral_resource::<Pass>()
}

fn main() -> ExitCode {
    provider().serve("acme/gate")
}
