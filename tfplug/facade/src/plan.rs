//! A plan on its way to the user.

use std::marker::PhantomData;

use tfplug_core::{Diagnostic, Path, Value, resource, typed::ToValue};

use crate::{
    model::{Field, Model, Typed},
    partial::Partial,
};

/// A plan of a resource: what is configured, what is there, and what will be. Defaults, replacements and "known after apply"
/// stand in it already, as the attributes declare them.
pub struct Plan<'a, M> {
    plan: &'a mut resource::Plan,
    model: PhantomData<fn() -> M>,
}

impl<'a, M: Model> Plan<'a, M> {
    pub(crate) fn new(plan: &'a mut resource::Plan) -> Self {
        Self {
            plan,
            model: PhantomData,
        }
    }

    /// True if the object is to be created.
    pub fn is_create(&self) -> bool {
        self.plan.is_create()
    }

    /// True if the object is to be destroyed; then nothing can be set.
    pub fn is_destroy(&self) -> bool {
        self.plan.is_destroy()
    }

    /// The configuration; none in a plan to destroy.
    pub fn config(&self) -> Option<Partial<'_, M>> {
        partial(&self.plan.config)
    }

    /// The state before; none in a plan to create.
    pub fn prior(&self) -> Option<Partial<'_, M>> {
        partial(&self.plan.prior)
    }

    /// The state after, as far as it is known; none in a plan to destroy.
    pub fn planned(&self) -> Option<Partial<'_, M>> {
        partial(&self.plan.planned)
    }

    /// Plans a value for a computed attribute.
    pub fn set<T: Typed>(&mut self, field: Field<M, T>, value: &T::Known) {
        self.put(field.name(), value.to_value());
    }

    /// Plans a computed attribute as "known after apply".
    pub fn set_unknown<T: Typed>(&mut self, field: Field<M, T>) {
        self.put(field.name(), Value::Unknown);
    }

    fn put(&mut self, name: &str, value: Value) {
        if !self.plan.planned.is_null() {
            self.plan.planned.insert(name, value);
        }
    }

    /// Plans a replacement because of an attribute.
    pub fn replace_for<T>(&mut self, field: Field<M, T>) {
        self.plan.replace_for(field.into());
    }

    /// Tells the user something that is no error.
    pub fn warn(&mut self, summary: impl Into<String>, detail: impl Into<String>) {
        self.plan.diagnostics.warn(summary, detail);
    }

    /// The same, pointing to an attribute.
    pub fn warn_at(&mut self, path: impl Into<Path>, summary: impl Into<String>, detail: impl Into<String>) {
        let warning = Diagnostic::warning(summary, detail).at(path.into());
        self.plan.diagnostics.push(warning);
    }
}

fn partial<M: Model>(value: &Value) -> Option<Partial<'_, M>> {
    (!value.is_null()).then(|| Partial::new(value))
}
