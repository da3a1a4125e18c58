//! Forms of values in the state file that serde does not give by itself.
//!
//! The file has no names of members, so that a value of any shape, which says by itself what it is, stands there as
//! its JSON text.

/// A value of any shape, as JSON text.
pub(crate) mod json {
    use serde::de::{DeserializeOwned, Error as _};
    use serde::ser::Error as _;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(crate) fn serialize<T: Serialize, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
        let text = serde_json::to_string(value).map_err(S::Error::custom)?;
        serializer.serialize_str(&text)
    }

    pub(crate) fn deserialize<'de, T: DeserializeOwned, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
        let text = String::deserialize(deserializer)?;
        serde_json::from_str(&text).map_err(D::Error::custom)
    }
}

/// Bytes as they are.
pub(crate) mod bytes {
    use bytes::Bytes;
    use serde::{Deserialize as _, Deserializer, Serializer};

    pub(crate) fn serialize<S: Serializer>(bytes: &Bytes, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(bytes)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Bytes, D::Error> {
        <&[u8]>::deserialize(deserializer).map(Bytes::copy_from_slice)
    }
}

/// Bytes with a number beside them, where there may be none.
pub(crate) mod answer {
    use bytes::Bytes;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[derive(Serialize, Deserialize)]
    struct Stored(#[serde(with = "super::bytes")] Bytes, u16);

    #[expect(clippy::ref_option, reason = "serde calls it so")]
    pub(crate) fn serialize<S: Serializer>(answer: &Option<(Bytes, u16)>, serializer: S) -> Result<S::Ok, S::Error> {
        let stored = answer.as_ref().map(|(body, status)| Stored(body.clone(), *status));
        stored.serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<(Bytes, u16)>, D::Error> {
        let stored = Option::<Stored>::deserialize(deserializer)?;
        Ok(stored.map(|Stored(body, status)| (body, status)))
    }
}

/// A word of the API that the simulation itself has put into a record.
pub(crate) mod word {
    use serde::de::Error as _;
    use serde::ser::Error as _;
    use serde::{Deserialize, Deserializer, Serializer};

    /// All of them. One that is missing here is found by the random worlds: it cannot be written.
    const WORDS: [&str; 19] = [
        "ACTIVE",
        "CREATE_COMPLETE",
        "CREATE_IN_PROGRESS",
        "DELETE_COMPLETE",
        "DELETE_IN_PROGRESS",
        "DEREGISTERING",
        "DRAINING",
        "EssentialContainerExited",
        "InfrastructureHealth",
        "LAUNCHING",
        "REGISTERING",
        "REGISTRATION_FAILED",
        "ServiceSchedulerInitiated",
        "TERMINATED",
        "TaskFailedToStart",
        "UPDATE_COMPLETE",
        "UPDATE_FAILED",
        "UPDATE_IN_PROGRESS",
        "UserInitiated",
    ];

    fn number(word: &str) -> Result<u8, String> {
        let place = WORDS.iter().position(|known| *known == word);
        let number = place.and_then(|place| u8::try_from(place).ok());
        number.ok_or_else(|| format!("the word {word} has no number"))
    }

    pub(crate) fn serialize<S: Serializer>(word: &&'static str, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u8(number(word).map_err(S::Error::custom)?)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<&'static str, D::Error> {
        let number = u8::deserialize(deserializer)?;
        let word = WORDS.get(usize::from(number)).copied();
        word.ok_or_else(|| D::Error::custom(format!("no word has the number {number}")))
    }

    /// The same where there may be none.
    pub(crate) mod or_none {
        use serde::de::Error as _;
        use serde::{Deserialize, Deserializer, Serializer};

        use super::{WORDS, number};

        #[expect(clippy::ref_option_ref, reason = "serde calls it so")]
        pub(crate) fn serialize<S: Serializer>(word: &Option<&'static str>, serializer: S) -> Result<S::Ok, S::Error> {
            use serde::ser::Error as _;
            match word {
                None => serializer.serialize_none(),
                Some(word) => serializer.serialize_some(&number(word).map_err(S::Error::custom)?),
            }
        }

        pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
            deserializer: D,
        ) -> Result<Option<&'static str>, D::Error> {
            let number = Option::<u8>::deserialize(deserializer)?;
            let word = |number: u8| WORDS.get(usize::from(number)).copied();
            let unknown = |number: u8| D::Error::custom(format!("no word has the number {number}"));
            number
                .map(|number| word(number).ok_or_else(|| unknown(number)))
                .transpose()
        }
    }
}
