//! Models: structs whose fields are the attributes of a block.

use std::collections::{BTreeMap, BTreeSet};

use tfplug_core::{
    Block, NestedBlock, Nesting, Number, Path, Step, Type, Value,
    typed::{FromValue, Mismatch, Object, Tf, ToValue},
    validators::{Between, BetweenNumbers, Each, Length, Matches, OneOf, Size, UniqueStrings, Validator},
};

/// A struct whose fields are the attributes and nested blocks of a block: of a resource, a data source, the provider, or
/// within one of these. Made by `#[derive(Model)]`.
pub trait Model: FromValue + ToValue + Send + Sync + 'static {
    /// The names of the attributes that name the object, for import and lists; empty for a model without identity.
    const IDENTITY: &'static [&'static str];

    /// The attributes, nested blocks and description.
    fn block() -> Block;

    /// What of a configuration does not fit the fields, though it fits the schema: for example a number that is too
    /// large for its field. What is not known yet fits.
    fn misfits(object: Object<'_>) -> Vec<Mismatch>;
}

/// A type that a field of a model can have.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the type of an attribute",
    note = "use String, bool, a number, Vec, BTreeSet or BTreeMap<String, _> of these, in `Option` if it may be null, in `Tf` if it \
            may be null or not known yet"
)]
pub trait Typed: FromValue + ToValue {
    /// The type of the value, if it is there and known.
    type Known: FromValue + ToValue;

    /// Terraform's type.
    fn ty() -> Type;
}

/// A type of a field that has room for no value.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no room for null",
    note = "an optional attribute without a default is null where the configuration leaves it out, and a write-only one in \
            every state: use `Option` or `Tf`"
)]
pub trait Nullable {}

/// A type of a field that has room for a value that is not known yet.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no room for a value that is not known yet",
    note = "what the provider computes is not known before it is created: use `Tf`"
)]
pub trait Computable {}

impl<T> Nullable for Option<T> {}
impl<T> Nullable for Tf<T> {}
impl<T> Computable for Tf<T> {}

macro_rules! scalars {
    ($($scalar:ty => $kind:expr),* $(,)?) => {
        $(impl Typed for $scalar {
            type Known = Self;

            fn ty() -> Type {
                $kind
            }
        })*
    };
}

scalars! {
    String => Type::String,
    bool => Type::Bool,
    Number => Type::Number,
    f64 => Type::Number,
    i8 => Type::Number,
    i16 => Type::Number,
    i32 => Type::Number,
    i64 => Type::Number,
    u8 => Type::Number,
    u16 => Type::Number,
    isize => Type::Number,
    u32 => Type::Number,
    u64 => Type::Number,
    usize => Type::Number,
    Value => Type::Dynamic,
}

impl<T: Typed> Typed for Vec<T> {
    type Known = Self;

    fn ty() -> Type {
        Type::list(T::ty())
    }
}

impl<T: Typed + Ord> Typed for BTreeSet<T> {
    type Known = Self;

    fn ty() -> Type {
        Type::set(T::ty())
    }
}

impl<T: Typed> Typed for BTreeMap<String, T> {
    type Known = Self;

    fn ty() -> Type {
        Type::map(T::ty())
    }
}

impl<T: Typed> Typed for Option<T> {
    type Known = T::Known;

    fn ty() -> Type {
        T::ty()
    }
}

impl<T: Typed> Typed for Tf<T> {
    type Known = T::Known;

    fn ty() -> Type {
        T::ty()
    }
}

/// A type of a field that stands for nested blocks.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot stand for nested blocks",
    note = "use Vec<M>, BTreeSet<M>, or Option<M> with `single`, of a model M"
)]
pub trait Blocks {
    /// How blocks of this name are repeated.
    fn nested(name: &str, limits: Limits) -> NestedBlock;

    /// What does not fit the fields of the blocks, as [`Model::misfits`] has it.
    fn misfits(blocks: &Value) -> Vec<Mismatch>;
}

/// How many nested blocks there may be.
#[derive(Clone, Copy, Debug, Default)]
pub struct Limits {
    /// Fewest.
    pub min: i64,
    /// Most; none means any number.
    pub max: Option<i64>,
}

fn nested<M: Model>(name: &str, nesting: Nesting, limits: Limits) -> NestedBlock {
    NestedBlock {
        name: name.to_owned(),
        nesting,
        block: M::block(),
        min_items: limits.min,
        max_items: limits.max.unwrap_or_default(),
    }
}

/// What does not fit in blocks of a model. The path to a block of a set ends at the set.
fn misfits<M: Model>(blocks: &Value) -> Vec<Mismatch> {
    let has_positions = matches!(blocks, Value::List(_));
    let known = blocks
        .elements()
        .enumerate()
        .filter_map(|(index, block)| Some((index, Object::of(block).ok()?)));
    let told = known.flat_map(|(index, block)| {
        let step = Step::Index(i64::try_from(index).unwrap_or(i64::MAX));
        let inside = M::misfits(block).into_iter();
        inside.map(move |mismatch| {
            if has_positions {
                mismatch.within(step.clone())
            } else {
                mismatch
            }
        })
    });
    told.collect()
}

macro_rules! blocks {
    ($($blocks:ty: $nesting:ident, $most:expr, [$($bound:ident),*]);* $(;)?) => {
        $(impl<M: Model $(+ $bound)*> Blocks for $blocks {
            fn nested(name: &str, limits: Limits) -> NestedBlock {
                let max = $most.or(limits.max);
                nested::<M>(name, Nesting::$nesting, Limits { max, ..limits })
            }

            fn misfits(blocks: &Value) -> Vec<Mismatch> {
                misfits::<M>(blocks)
            }
        })*
    };
}

blocks! {
    Vec<M>: List, None, [];
    BTreeSet<M>: Set, None, [Ord];
    Option<M>: List, Some(1), [];
    Tf<M>: List, Some(1), [];
}

/// A value that can be the default of an attribute of type `T`.
pub trait IntoDefault<T> {
    /// The default.
    fn into_default(self) -> T;
}

impl<T> IntoDefault<T> for T {
    fn into_default(self) -> T {
        self
    }
}

impl IntoDefault<String> for &str {
    fn into_default(self) -> String {
        self.to_owned()
    }
}

/// A rule for values of a type.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no rule for a field of type `{T}`",
    note = "`OneOf`, `Length` and `Matches` are for strings, `Between` for whole numbers, `BetweenNumbers` for any, `Size` and `Each` \
            for collections; your own rule needs `impl Rule<T>` beside `Validator`"
)]
pub trait Rule<T>: Validator {}

impl Rule<String> for OneOf {}
impl Rule<String> for Length {}
impl Rule<String> for Matches {}
impl<T: Typed> Rule<Vec<T>> for Size {}
impl<T: Typed + Ord> Rule<BTreeSet<T>> for Size {}
impl<T: Typed> Rule<BTreeMap<String, T>> for Size {}
impl Rule<Vec<String>> for UniqueStrings {}
impl<T: Typed, R: Rule<T>> Rule<Vec<T>> for Each<R> {}
impl<T: Typed + Ord, R: Rule<T>> Rule<BTreeSet<T>> for Each<R> {}
impl<T: Typed, R: Rule<T>> Rule<BTreeMap<String, T>> for Each<R> {}
impl<T, R: Rule<T>> Rule<Option<T>> for R {}
impl<T, R: Rule<T>> Rule<Tf<T>> for R {}

macro_rules! number_rules {
    ($($whole:ty),*; $($any:ty),*) => {
        $(impl Rule<$whole> for Between {})*
        $(impl Rule<$any> for BetweenNumbers {})*
    };
}

number_rules! {
    i8, i16, i32, i64, isize, u8, u16, u32, u64, usize, Number;
    i8, i16, i32, i64, isize, u8, u16, u32, u64, usize, f64, Number
}

/// An attribute by its name: `Note::TEXT` of a field `text`. Messages, plan rules and reads take it in place of a string, so
/// that a misspelt name does not compile.
pub struct Field<M, T> {
    name: &'static str,
    marker: std::marker::PhantomData<fn() -> (M, T)>,
}

impl<M, T> Field<M, T> {
    /// The attribute of a name. The derive makes these.
    pub const fn new(name: &'static str) -> Self {
        Self {
            name,
            marker: std::marker::PhantomData,
        }
    }

    /// Name in the configuration.
    pub const fn name(self) -> &'static str {
        self.name
    }
}

impl<M, T> Clone for Field<M, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<M, T> Copy for Field<M, T> {}

impl<M, T> std::fmt::Debug for Field<M, T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Field({})", self.name)
    }
}

impl<M, T> From<Field<M, T>> for Path {
    fn from(field: Field<M, T>) -> Self {
        Self::attribute(field.name)
    }
}
