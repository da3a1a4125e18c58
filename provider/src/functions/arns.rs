//! The functions that take ARNs of ECS apart and put them together.

use daemons::arn::{Arn, DaemonArn, RecordArn, RevisionArn, is_name, is_region};
use tfplug_core::{
    Function, Type, Value,
    function::{FunctionError, Parameter, Signature},
};

/// A kind of ARN.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// `daemon/CLUSTER/NAME`.
    Daemon,
    /// `daemon-task-definition/FAMILY:REVISION`.
    TaskDefinition,
    /// `daemon-deployment/CLUSTER/NAME/ID`.
    Deployment,
    /// `daemon-revision/CLUSTER/NAME/ID`.
    Revision,
}

/// A part of an ARN, which is an attribute of what is parsed and a parameter of what is built.
#[derive(Clone, Copy, Debug)]
struct Part {
    name: &'static str,
    doc: &'static str,
    is_valid: fn(&str) -> bool,
    expected: &'static str,
}

const NAME: &str = "letters, digits, underscores and hyphens";

const PARTITION: Part = Part {
    name: "partition",
    doc: "Partition, for example `aws` or `aws-cn`.",
    is_valid: |text| text == "aws" || text.starts_with("aws-"),
    expected: "a partition such as `aws` or `aws-cn`",
};
const REGION: Part = Part {
    name: "region",
    doc: "Region.",
    is_valid: is_region,
    expected: "the name of a region such as `eu-west-1`",
};
const ACCOUNT: Part = Part {
    name: "account_id",
    doc: "Account.",
    is_valid: |text| text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit()),
    expected: "12 digits",
};
const CLUSTER: Part = Part {
    name: "cluster_name",
    doc: "Name of the cluster.",
    is_valid: is_name,
    expected: NAME,
};
const DAEMON: Part = Part {
    name: "daemon_name",
    doc: "Name of the daemon.",
    is_valid: is_name,
    expected: NAME,
};
const FAMILY: Part = Part {
    name: "family",
    doc: "Family.",
    is_valid: is_name,
    expected: NAME,
};
const ID: Part = Part {
    name: "id",
    doc: "Identifier of the record.",
    is_valid: is_name,
    expected: NAME,
};

/// Name of the number of a revision of a task definition, which is the only part that is no string.
const REVISION: &str = "revision";

impl Kind {
    /// The object in messages and descriptions.
    fn what(self) -> &'static str {
        match self {
            Self::Daemon => "a daemon",
            Self::TaskDefinition => "a revision of a daemon task definition",
            Self::Deployment => "a deployment of a daemon",
            Self::Revision => "a revision of a daemon",
        }
    }

    fn form(self) -> &'static str {
        match self {
            Self::Daemon => "daemon/CLUSTER/NAME",
            Self::TaskDefinition => "daemon-task-definition/FAMILY:REVISION",
            Self::Deployment => "daemon-deployment/CLUSTER/NAME/ID",
            Self::Revision => "daemon-revision/CLUSTER/NAME/ID",
        }
    }

    /// The parts that are strings, in order.
    fn parts(self) -> &'static [Part] {
        match self {
            Self::Daemon => &[PARTITION, REGION, ACCOUNT, CLUSTER, DAEMON],
            Self::TaskDefinition => &[PARTITION, REGION, ACCOUNT, FAMILY],
            Self::Deployment | Self::Revision => &[PARTITION, REGION, ACCOUNT, CLUSTER, DAEMON, ID],
        }
    }

    /// The ARNs of what it belongs to, among the parts of what is parsed.
    fn owners(self) -> &'static [&'static str] {
        match self {
            Self::Daemon => &[CLUSTER_ARN],
            Self::TaskDefinition => &[],
            Self::Deployment | Self::Revision => &[CLUSTER_ARN, DAEMON_ARN],
        }
    }

    fn parts_type(self) -> Type {
        let texts = self
            .parts()
            .iter()
            .map(|part| part.name)
            .chain(self.owners().iter().copied());
        let numbers = (self == Self::TaskDefinition).then_some((REVISION, Type::Number));
        Type::object(texts.map(|name| (name, Type::String)).chain(numbers))
    }

    fn parse(self, text: &str) -> Result<Value, String> {
        Ok(match self {
            Self::Daemon => daemon(&DaemonArn::parse(text)?),
            Self::TaskDefinition => task_definition(&RevisionArn::parse(text)?),
            Self::Deployment => record(&RecordArn::parse_deployment(text)?),
            Self::Revision => record(&RecordArn::parse_revision(text)?),
        })
    }

    /// The part after the account, of the arguments after the account.
    fn resource(self, parts: &[&str], revision: i64) -> String {
        let names = parts.join("/");
        match self {
            Self::Daemon => format!("daemon/{names}"),
            Self::TaskDefinition => format!("daemon-task-definition/{names}:{revision}"),
            Self::Deployment => format!("daemon-deployment/{names}"),
            Self::Revision => format!("daemon-revision/{names}"),
        }
    }
}

const CLUSTER_ARN: &str = "cluster_arn";
const DAEMON_ARN: &str = "daemon_arn";

fn account(arn: &Arn) -> Value {
    Value::object([
        (PARTITION.name, Value::from(arn.partition.as_str())),
        (REGION.name, arn.region.as_str().into()),
        (ACCOUNT.name, arn.account.as_str().into()),
    ])
}

fn task_definition(arn: &RevisionArn) -> Value {
    let mut parts = account(&arn.arn);
    parts.insert(FAMILY.name, arn.family.as_str().into());
    parts.insert(REVISION, arn.revision.into());
    parts
}

fn daemon(arn: &DaemonArn) -> Value {
    let mut parts = account(&arn.arn);
    parts.insert(CLUSTER_ARN, arn.cluster_arn().to_string().into());
    parts.insert(CLUSTER.name, arn.cluster.as_str().into());
    parts.insert(DAEMON.name, arn.name.as_str().into());
    parts
}

fn record(arn: &RecordArn) -> Value {
    let mut parts = daemon(&arn.daemon);
    parts.insert(DAEMON_ARN, arn.daemon.to_string().into());
    parts.insert(ID.name, arn.id.as_str().into());
    parts
}

/// `KIND_arn_parse`.
pub(super) struct Parse {
    kind: Kind,
    name: &'static str,
    signature: Signature,
}

impl Parse {
    pub(super) fn new(kind: Kind, name: &'static str) -> Self {
        let form = format!("`arn:PARTITION:ecs:REGION:ACCOUNT:{}`", kind.form());
        let signature = Signature {
            summary: format!("Parts of the ARN of {}", kind.what()),
            description: format!("The parts of {form}, and the ARNs of what it belongs to. Another ARN is an error."),
            parameters: vec![Parameter::new("arn", Type::String, &format!("ARN of the form {form}."))],
            variadic: None,
            result: kind.parts_type(),
            deprecation: None,
        };
        Self { kind, name, signature }
    }
}

impl Function for Parse {
    fn name(&self) -> &'static str {
        self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn call(&self, arguments: Vec<Value>) -> Result<Value, FunctionError> {
        let text = arguments.first().and_then(Value::as_str).unwrap_or_default();
        self.kind.parse(text).map_err(|error| FunctionError::new(error).at(0))
    }
}

/// `KIND_arn_build`.
pub(super) struct Build {
    kind: Kind,
    name: &'static str,
    signature: Signature,
}

impl Build {
    pub(super) fn new(kind: Kind, name: &'static str) -> Self {
        let mut parameters: Vec<Parameter> = kind
            .parts()
            .iter()
            .map(|part| Parameter::new(part.name, Type::String, part.doc))
            .collect();
        if kind == Kind::TaskDefinition {
            parameters.push(Parameter::new(
                REVISION,
                Type::Number,
                "Number of the revision, from 1.",
            ));
        }
        let signature = Signature {
            summary: format!("ARN of {}", kind.what()),
            description: format!(
                "The ARN `arn:PARTITION:ecs:REGION:ACCOUNT:{}` of its parts. It need not exist.",
                kind.form()
            ),
            parameters,
            variadic: None,
            result: Type::String,
            deprecation: None,
        };
        Self { kind, name, signature }
    }
}

impl Function for Build {
    fn name(&self) -> &'static str {
        self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn call(&self, arguments: Vec<Value>) -> Result<Value, FunctionError> {
        let parts = self.kind.parts();
        let texts: Vec<&str> = arguments.iter().take(parts.len()).filter_map(Value::as_str).collect();
        for (place, (part, text)) in parts.iter().zip(&texts).enumerate() {
            if !(part.is_valid)(text) {
                let error = format!("`{text}` is not valid as `{}`: expected {}.", part.name, part.expected);
                return Err(FunctionError::new(error).at(place));
            }
        }
        let revision = arguments.get(parts.len()).map_or(Some(1), Value::as_i64);
        let Some(revision) = revision.filter(|number| (1..=i64::from(i32::MAX)).contains(number)) else {
            let error = "The number of a revision is a whole number from 1 to 2147483647.";
            return Err(FunctionError::new(error).at(parts.len()));
        };
        let [partition, region, account, names @ ..] = texts.as_slice() else {
            return Err(FunctionError::new("Some parts of the ARN are missing."));
        };
        let resource = self.kind.resource(names, revision);
        let arn = format!("arn:{partition}:ecs:{region}:{account}:{resource}");
        self.kind.parse(&arn).map_err(FunctionError::new)?;
        Ok(arn.into())
    }
}
