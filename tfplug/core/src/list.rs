//! List resources: `list` blocks of `terraform query`, which find objects of a managed resource.

use crate::{cancel::Cancel, diagnostic::Diagnostics, future::BoxFuture, schema::Schema, sink::Sink, value::Value};

/// A list resource.
pub trait ListResource: Send + Sync {
    /// Type name, that of the managed resource whose objects it lists.
    fn type_name(&self) -> &'static str;

    /// Schema of the block `config`.
    fn schema(&self) -> &Schema;

    /// Rules beyond the schema. Unknown values must not fail.
    fn validate(&self, config: &Value) -> Diagnostics {
        let _ = config;
        Diagnostics::new()
    }

    /// Hands over the objects that match, one by one, and answers what is to be said about the whole. It ends early when
    /// the sink takes no more, which it says after the last object of a limit, too, or when `cancel` is set.
    ///
    /// After an error, about one object or about the whole, clients show none of the objects. What leaves the others
    /// right is a warning.
    fn list<'a>(
        &'a self,
        request: ListRequest,
        found: &'a dyn Sink<Listed>,
        cancel: &'a Cancel,
    ) -> BoxFuture<'a, Diagnostics>;
}

/// Request of [`ListResource::list`].
#[derive(Clone, Debug)]
pub struct ListRequest {
    /// The block `config`, wholly known.
    pub config: Value,
    /// True if the client wants the objects, not only their identities.
    pub include_resource: bool,
    /// Most objects that the client takes; none for any number.
    pub limit: Option<usize>,
}

/// An object that was found.
#[derive(Clone, Debug, Default)]
pub struct Listed {
    /// Identity, by the identity schema of the managed resource. Null if there are only messages, about something that
    /// could not be read.
    pub identity: Value,
    /// Name for people.
    pub display_name: String,
    /// The object as a read would answer it; null unless it was asked for.
    pub resource: Value,
    /// Messages about this object.
    pub diagnostics: Diagnostics,
}
