//! The macro behind the declaration of the settings.
//!
//! A setting is declared once, in `settings.rs`, in the group whose members ECS keeps and reports together. From the
//! declaration come the structs, the name of each setting with all that there is to know of it, the requests of create and
//! update, and the reading of ECS's records.

/// Declares all settings: a doc comment, a name, and in parentheses the field, which is also the name in Terraform and in
/// the SDK; the SDK's setter; the member of the API; the type; the default, unless every request must carry the setting; and
/// `everywhere` if `aws_ecs_daemon` of hashicorp/aws has it, else `here`.
macro_rules! settings {
    (
        required { $(#[doc = $rdoc:literal] $rname:ident ($rfield:ident, $rset:ident, $rapi:literal): $rtype:ty, $rwhere:ident;)* }
        revision { $(#[doc = $vdoc:literal] $vname:ident ($vfield:ident, $vset:ident, $vapi:literal): $vtype:ty = $vdefault:expr, $vwhere:ident;)* }
        deployment { $(#[doc = $ddoc:literal] $dname:ident ($dfield:ident, $dset:ident, $dapi:literal): $dtype:ty = $ddefault:expr, $dwhere:ident;)* }
        alarms { $(#[doc = $adoc:literal] $aname:ident ($afield:ident, $aset:ident, $aapi:literal): $atype:ty = $adefault:expr, $awhere:ident;)* }
    ) => {
        /// Everything that `UpdateDaemon` sets, with explicit values.
        #[derive(Clone, Debug, PartialEq)]
        pub struct Settings {
            $(#[doc = $rdoc] pub $rfield: $rtype,)*
            $(#[doc = $vdoc] pub $vfield: $vtype,)*
            /// How changes reach the instances.
            pub deployment_configuration: Deployment,
        }

        /// The deployment configuration.
        #[derive(Clone, Debug, PartialEq)]
        pub struct Deployment {
            $(#[doc = $ddoc] pub $dfield: $dtype,)*
            /// The alarms.
            pub alarms: Alarms,
        }

        /// The alarms of a deployment configuration.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct Alarms {
            $(#[doc = $adoc] pub $afield: $atype,)*
        }

        /// One setting that `UpdateDaemon` sets.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Setting {
            $(#[doc = $rdoc] $rname,)*
            $(#[doc = $vdoc] $vname,)*
            $(#[doc = $ddoc] $dname,)*
            $(#[doc = $adoc] $aname,)*
        }

        impl Setting {
            /// All, in the order of the declaration.
            pub const ALL: [Self; [$(stringify!($rname),)* $(stringify!($vname),)* $(stringify!($dname),)* $(stringify!($aname),)*].len()] =
                [$(Self::$rname,)* $(Self::$vname,)* $(Self::$dname,)* $(Self::$aname,)*];

            /// The declaration of the setting.
            const fn field(self) -> &'static Field {
                match self {
                    $(Self::$rname => field!($rtype, [$rfield], [$rapi], $rdoc, true, $rwhere),)*
                    $(Self::$vname => field!($vtype, [$vfield], [$vapi], $vdoc, false, $vwhere),)*
                    $(Self::$dname => field!(
                        $dtype, [deployment_configuration.$dfield], [DEPLOYMENT, $dapi], $ddoc, false, $dwhere
                    ),)*
                    $(Self::$aname => field!(
                        $atype, [deployment_configuration.alarms.$afield], [DEPLOYMENT, ALARMS, $aapi], $adoc, false, $awhere
                    ),)*
                }
            }
        }

        impl Settings {
            /// The settings of a daemon of which nothing can be known any more.
            pub fn unknown() -> Self {
                Self {
                    $($rfield: <$rtype>::default(),)*
                    $($vfield: $vdefault,)*
                    deployment_configuration: Deployment::defaults(),
                }
            }

            /// The settings that a revision carries, with those that other records tell. What ECS leaves out is at its default.
            pub(crate) fn of_revision(
                revision: &DaemonRevision, $($rfield: $rtype,)* deployment_configuration: Deployment,
            ) -> Self {
                Self {
                    $($rfield,)*
                    $($vfield: or_default(revision.$vfield.clone(), $vdefault),)*
                    deployment_configuration,
                }
            }

            /// The full request of an update.
            pub fn update_request(self, daemon_arn: &str) -> UpdateDaemonInputBuilder {
                let request = UpdateDaemonInputBuilder::default().daemon_arn(daemon_arn);
                filled!(request, self, [$($rfield $rset)* $($vfield $vset)*], deployment_configuration)
            }

            /// The request of a creation, without name, cluster, tags and token.
            pub fn create_request(self) -> CreateDaemonInputBuilder {
                let request = CreateDaemonInputBuilder::default();
                filled!(request, self, [$($rfield $rset)* $($vfield $vset)*], deployment_configuration)
            }
        }

        impl Deployment {
            /// The configuration of a daemon whose creator said nothing.
            pub fn defaults() -> Self {
                Self::of_record(&DaemonDeploymentConfiguration::builder().build())
            }

            /// The configuration on record. What ECS leaves out is at its default.
            pub fn of_record(record: &DaemonDeploymentConfiguration) -> Self {
                let silent = || DaemonAlarmConfiguration::builder().build();
                let alarms = record.alarms.clone().unwrap_or_else(silent);
                Self {
                    $($dfield: or_default(record.$dfield.clone(), $ddefault),)*
                    alarms: Alarms { $($afield: or_default(alarms.$afield.clone(), $adefault),)* },
                }
            }

            fn into_sdk(self) -> DaemonDeploymentConfiguration {
                filled!(DaemonDeploymentConfiguration::builder(), self, [$($dfield $dset)*], alarms).build()
            }
        }

        impl Alarms {
            fn into_sdk(self) -> DaemonAlarmConfiguration {
                let Self { $($afield,)* } = self;
                DaemonAlarmConfiguration::builder()$(.$aset(Some($afield.into_sdk())))*.build()
            }
        }
    };
}

/// A builder with every member of a struct. The struct is taken apart without `..`: a member that is added does not compile
/// until it is sent.
macro_rules! filled {
    ($builder:expr, $whole:expr, [$($field:ident $set:ident)*], $group:ident) => {{
        let Self { $($field,)* $group } = $whole;
        $builder$(.$set(Some($field.into_sdk())))*.$group($group.into_sdk())
    }};
}

/// The declaration of one setting.
macro_rules! field {
    ($type:ty, [$($path:ident).+], [$($api:expr),+], $doc:literal, $required:literal, $where:ident) => {{
        const FIELD: Field = Field {
            doc: $doc,
            path: &[$(stringify!($path)),+],
            api_path: &[$($api),+],
            kind: <$type as Form>::KIND,
            is_required: $required,
            is_in_aws_provider: is_in_aws_provider!($where),
            datum: |settings| settings.$($path).+.to_datum(),
            set_datum: |settings, datum| Form::from_datum(datum).map(|value| settings.$($path).+ = value),
            json: |settings| settings.$($path).+.to_json(),
            set_json: |settings, json| Form::from_json(json).map(|value| settings.$($path).+ = value),
        };
        &FIELD
    }};
}

macro_rules! is_in_aws_provider {
    (everywhere) => {
        true
    };
    (here) => {
        false
    };
}

pub(super) use {field, filled, is_in_aws_provider, settings};
