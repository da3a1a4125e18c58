//! An input as the log keeps it: as much of it as a world needs to go the same way again.
//!
//! The world after an input is a function of virtual time, so that an input has the time that it reached, and not what
//! moved it there. Signatures and tokens are not kept.

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::api::{ApiError, ErrorKind, Scope};
use crate::clock::ClockMode;
use crate::wire::{Incoming, Principal, Service};

/// Who has sent a request; one that is not signed was refused with an error.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Signed {
    By(String, Scope),
    Refused(ErrorKind, String),
}

/// An input. Times are virtual milliseconds since 1970.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum Input {
    /// A request of a client.
    Request {
        at: i64,
        /// The time before, if the request was a poll that has moved it.
        polled_from: Option<i64>,
        service: Service,
        operation: String,
        signed: Signed,
        user_agent: String,
        #[serde(with = "crate::stored::bytes")]
        body: Bytes,
        /// True if the published rates refused it.
        by_rate: bool,
    },
    /// A control call, refused or not.
    Control {
        at: i64,
        method: String,
        /// With query.
        path: String,
        #[serde(with = "crate::stored::json")]
        body: Value,
    },
    /// A control call that has moved the clock, or changed what moves it.
    Clock {
        at: i64,
        #[serde(with = "crate::stored::json")]
        body: Value,
        /// Mode of the clock from then on.
        mode: ClockMode,
    },
    /// Time has moved, and somebody was told.
    Time { at: i64 },
    /// A request that was none of the API.
    Stray,
}

impl Input {
    /// A request as it arrived.
    pub(crate) fn request(incoming: &Incoming, at: i64, polled_from: Option<i64>, by_rate: bool) -> Self {
        let signed = match &incoming.principal {
            Ok(principal) => Signed::By(principal.access_key.clone(), principal.scope.clone()),
            Err(error) => Signed::Refused(error.kind, error.message.clone()),
        };
        Self::Request {
            at,
            polled_from,
            service: incoming.service,
            operation: incoming.operation.clone(),
            signed,
            user_agent: incoming.user_agent.clone(),
            body: incoming.journaled_body(),
            by_rate,
        }
    }
}

impl Signed {
    pub(crate) fn principal(self) -> Result<Principal, ApiError> {
        match self {
            Self::By(access_key, scope) => Ok(Principal { access_key, scope }),
            Self::Refused(kind, message) => Err(ApiError::new(kind, message)),
        }
    }
}
