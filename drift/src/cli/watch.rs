//! `watch`: rollouts are followed to their ends, then what runs is compared with what the inputs want.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use daemons::{arn::DaemonArn, poll::Poll};
use jiff::Timestamp;

use super::{
    Failure,
    clusters::cluster_arn,
    connect::{Connector, runtime},
    finish::Finish,
    look::{Extent, Look},
    signals::Signals,
    streams,
    watch_arguments::WatchArguments,
};
use crate::{
    engine::Loaded,
    interrupt::BySignal,
    observe::{EcsReader, Reader, Slots},
    render,
    report::{Cause, Report, first_code},
    scan::{ADVICE, Access, Connect},
    source::InputSpec,
    surface::{self, Foreign, Sentences, Sheet, Terminal, sheet},
    watch::{Subject, WatchEnd, WatchEvent, WatchLine, Watched, Watching, watch},
};

/// Times that a comparison may find a rollout which nobody watched yet. Someone who updates a daemon again and again would
/// keep the watch from ending.
const ROUNDS: u32 = 5;

/// Watches, compares, and answers the exit code.
pub(super) fn run(arguments: &WatchArguments) -> Result<u8, Failure> {
    let finish = Finish::new(&arguments.finish())?;
    let is_to_stdout = arguments.finish.output.iter().any(|output| output.path.is_none());
    if arguments.json && is_to_stdout {
        let detail =
            "`--json` writes lines to standard output, and so does an output without a path. Give `--output` a path.";
        return Err(Failure::new("Two outputs to one place", detail));
    }
    let signals = Signals::listen()?;
    let named = Named::of(arguments, &finish)?;
    let look = Look::new(&arguments.look, named.inputs, &finish, &signals)?;
    let run = Run {
        arguments,
        finish: &finish,
        signals: &signals,
        look,
        connector: Connector::new(&arguments.look.credentials),
    };
    run.watch(named.arns, named.has_inputs)
}

/// What the arguments name.
struct Named {
    arns: Vec<DaemonArn>,
    inputs: Vec<InputSpec>,
    has_inputs: bool,
}

impl Named {
    /// Inputs of the file of rules count only where nothing else is named.
    fn of(arguments: &WatchArguments, finish: &Finish) -> Result<Self, Failure> {
        let is_arn = |path: &&Path| path.to_str().is_some_and(|text| text.starts_with("arn:"));
        let paths = arguments.look.inputs.iter().map(|path| path.as_path());
        let (arns, paths): (Vec<&Path>, Vec<&Path>) = paths.partition(is_arn);
        let arns = arns.iter().map(|arn| {
            let text = arn.to_string_lossy();
            DaemonArn::parse(&text).map_err(|error| Failure::new("Invalid ARN of a daemon", error))
        });
        let arns: Vec<DaemonArn> = arns.collect::<Result<_, _>>()?;
        let mut inputs: Vec<InputSpec> = paths.into_iter().map(InputSpec::at).collect();
        if inputs.is_empty() && arns.is_empty() && arguments.cluster.is_empty() {
            inputs.extend_from_slice(finish.inputs());
            if inputs.is_empty() {
                let detail = "Give ARNs of daemons, states, plans or baselines that have them, or `--cluster`.";
                return Err(Failure::new("Nothing to watch", detail));
            }
        }
        Ok(Self {
            has_inputs: !inputs.is_empty(),
            arns,
            inputs,
        })
    }
}

struct Run<'a> {
    arguments: &'a WatchArguments,
    finish: &'a Finish,
    signals: &'a Signals,
    look: Look<'a>,
    connector: Connector<'a>,
}

impl Run<'_> {
    fn watch(&self, arns: Vec<DaemonArn>, has_inputs: bool) -> Result<u8, Failure> {
        let loaded = if has_inputs {
            let Some(loaded) = self.look.load()? else {
                return Ok(self.signals.first().code());
            };
            Some(loaded)
        } else {
            None
        };
        let mut subjects = BTreeMap::new();
        let mut all = arns;
        all.extend(runtime()?.block_on(self.of_clusters())?);
        let wanted = loaded
            .iter()
            .flat_map(|loaded| &loaded.documents)
            .flat_map(|document| &document.wanted);
        let wanted = wanted.map(Subject::of);
        for subject in wanted.chain(all.into_iter().map(Subject::of_arn)) {
            subjects.entry(subject.arn.to_string()).or_insert(subject);
        }
        let mut ended = self.follow(subjects.values().cloned().collect())?;
        let Some(loaded) = loaded.filter(|_| !self.is_interrupted()) else {
            return self.conclude(&ended, None);
        };
        let compared = self.compare(&loaded, &subjects, &mut ended)?;
        self.conclude(&ended, Some(compared))
    }

    /// Scans, and watches again what has begun to roll out meanwhile.
    fn compare(
        &self,
        loaded: &Loaded,
        subjects: &BTreeMap<String, Subject>,
        ended: &mut Vec<Watched>,
    ) -> Result<(Report, Option<Timestamp>), Failure> {
        let extent = Extent {
            unmanaged: false,
            repairs: false,
            shard: None,
        };
        let mut round = 1;
        loop {
            let (report, beside) = self.look.scan(extent, Some(loaded.clone()))?;
            let given_up = |watched: &Watched| matches!(watched.end, WatchEnd::TimedOut | WatchEnd::Unread);
            let given_up: BTreeSet<&str> = ended
                .iter()
                .filter(|watched| given_up(watched))
                .map(|watched| watched.daemon.as_str())
                .collect();
            let is_new = |arn: &&str| !given_up.contains(arn);
            let rolling = report
                .findings
                .iter()
                .filter(|finding| finding.cause == Cause::RolloutInProgress);
            let rolling: BTreeSet<&str> = rolling.map(|finding| finding.arn.as_str()).filter(is_new).collect();
            let again: Vec<Subject> = rolling.iter().filter_map(|arn| subjects.get(*arn).cloned()).collect();
            if again.is_empty() || round == ROUNDS || self.is_interrupted() {
                return Ok((report, beside.latest));
            }
            round += 1;
            let later = self.follow(again)?;
            ended.retain(|watched| later.iter().all(|later| later.daemon != watched.daemon));
            ended.extend(later);
            ended.sort_by(|one, other| one.daemon.cmp(&other.daemon));
        }
    }

    fn follow(&self, subjects: Vec<Subject>) -> Result<Vec<Watched>, Failure> {
        let arguments = self.arguments;
        let watching = Watching {
            concurrency: usize::from(arguments.look.concurrency),
            poll: Poll {
                interval: arguments.poll,
            },
            timeout: arguments.rollout_timeout,
            interrupt: BySignal(self.signals.interrupted()),
            tell: &|event| self.tell(event),
        };
        Ok(runtime()?.block_on(watch(&self.connector, &watching, subjects)))
    }

    /// The daemons of the clusters that are named.
    async fn of_clusters(&self) -> Result<Vec<DaemonArn>, Failure> {
        let mut arns = Vec::new();
        if self.arguments.cluster.is_empty() {
            return Ok(arns);
        }
        let aws = self.connector.connect(&Access::default()).await?;
        for cluster in &self.arguments.cluster {
            let cluster = cluster_arn(&aws, cluster).await?;
            let slots = Slots::new(usize::from(self.arguments.look.concurrency));
            let reader = EcsReader::new(&aws, &cluster.region, slots, std::sync::Arc::default());
            let listed = reader.list_daemons(&cluster.to_string()).await.map_err(|failure| {
                let problem = failure.problem(&ADVICE, "list the daemons of the cluster", &cluster.to_string());
                Failure::new(&problem.summary, problem.detail)
            })?;
            if listed.is_empty() && !self.arguments.look.allow_empty {
                let detail = format!("{cluster} has no daemons. Check `--cluster`, or accept it with `--allow-empty`.");
                return Err(Failure::new("Nothing to watch", detail));
            }
            arns.extend(listed.keys().filter_map(|arn| DaemonArn::parse(arn).ok()));
        }
        Ok(arns)
    }

    fn is_interrupted(&self) -> bool {
        *self.signals.interrupted().borrow()
    }

    fn tell(&self, event: WatchEvent) {
        if self.arguments.json {
            let line = WatchLine {
                at: Timestamp::now(),
                event,
            };
            // A reader that is gone ends nothing: the exit code still counts.
            let _closed = streams::write(&surface::json_line(&line));
            return;
        }
        if self.finish.is_quiet() {
            return;
        }
        let (daemon, text): (_, Sheet<Terminal>) = match &event {
            WatchEvent::Progress { daemon, text, .. } => (daemon, sheet!(Sentences(text))),
            WatchEvent::Superseded { daemon, by, .. } => {
                (daemon, sheet!("a newer deployment took over: ", Foreign(by)))
            }
            WatchEvent::Ended(watched) if watched.end != WatchEnd::AtRest => {
                (&watched.daemon, sheet!(watched.end.title()))
            }
            WatchEvent::Ended(_) | WatchEvent::Finding { .. } | WatchEvent::Finished { .. } => return,
        };
        let name = render::daemon_name(daemon);
        streams::say(sheet!(Foreign(&name), ": ", text));
    }

    /// Says how everything ended, and answers the exit code.
    fn conclude(&self, ended: &[Watched], compared: Option<(Report, Option<Timestamp>)>) -> Result<u8, Failure> {
        let arguments = self.arguments;
        if !arguments.json && !self.finish.is_quiet() {
            let is_stdout = compared.is_none();
            let options = render::Options {
                color: self.finish.is_coloured(is_stdout),
                width: if is_stdout { streams::width() } else { None },
                log: streams::log(),
                ..render::Options::default()
            };
            let text = render::watched(ended, &options);
            if is_stdout {
                streams::write(&text)?;
            } else {
                streams::say(Sheet::of_library(text.as_str().trim_end()));
            }
        }
        let policy = self.finish.policy();
        let mut codes: Vec<u8> = ended.iter().map(|watched| watched.end.code()).collect();
        if let Some((mut report, latest)) = compared {
            self.finish.judge(&mut report, latest);
            if arguments.json {
                self.tell_findings(&report);
            }
            codes.push(self.finish.deliver(&report));
        }
        if self.is_interrupted() {
            codes.push(self.signals.first().code());
        }
        let code = first_code(&codes, policy);
        let mut daemons: BTreeMap<WatchEnd, u64> = BTreeMap::new();
        for watched in ended {
            *daemons.entry(watched.end).or_default() += 1;
        }
        if arguments.json {
            self.tell(WatchEvent::Finished { code, daemons });
        }
        Ok(code)
    }

    fn tell_findings(&self, report: &Report) {
        for finding in report.findings.iter().filter(|finding| finding.is_open()) {
            self.tell(WatchEvent::Finding {
                daemon: finding.arn.clone(),
                cause: finding.cause,
                severity: finding.severity,
                setting: finding.setting.clone(),
                message: finding.message.clone(),
            });
        }
    }
}
