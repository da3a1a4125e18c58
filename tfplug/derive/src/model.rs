//! The derive of a model: schema, reading, writing, and a constant for each attribute.

use proc_macro2::{Span, TokenStream as Tokens};
use quote::{format_ident, quote, quote_spanned};
use syn::{
    Attribute, Data, DeriveInput, Error, Expr, ExprLit, Field, Ident, Lit, LitInt, LitStr, Meta, Type, ext::IdentExt,
    meta::ParseNestedMeta, spanned::Spanned,
};

const FLAGS: &str = "expected `required`, `optional`, `computed`, `default = …`, `block`, `single`, `min = …`, `max = …`, \
                     `sensitive`, `write_only`, `replace`, `stable`, `identity`, `check = …`, `deprecated = \"…\"` or \
                     `name = \"…\"`";

/// A field with what is said about it.
struct Declared<'a> {
    ident: &'a Ident,
    ty: &'a Type,
    name: String,
    description: String,
    /// Words without a value that are said of it.
    words: Vec<&'static str>,
    min: Option<LitInt>,
    max: Option<LitInt>,
    default: Option<Expr>,
    checks: Vec<Expr>,
    deprecated: Option<LitStr>,
}

/// Words without a value, and the builder function of an attribute that some of them stand for.
const WORDS: [(&str, Option<&str>); 10] = [
    ("required", None),
    ("optional", None),
    ("computed", None),
    ("block", None),
    ("single", None),
    ("identity", None),
    ("sensitive", Some("sensitive")),
    ("write_only", Some("write_only")),
    ("replace", Some("requires_replace")),
    ("stable", Some("stable")),
];

/// The implementations for a struct.
pub(crate) fn expand(input: &DeriveInput) -> Result<Tokens, Error> {
    let wrong = || Error::new_spanned(&input.ident, "only a struct with named fields can be a model");
    let Data::Struct(data) = &input.data else {
        return Err(wrong());
    };
    let mut declared = Vec::new();
    for field in &data.fields {
        declared.push(Declared::of(field, field.ident.as_ref().ok_or_else(wrong)?)?);
    }
    let parts = [
        schema(input, &declared),
        read(input, &declared),
        write(input, &declared),
        constants(input, &declared),
    ];
    Ok(parts.into_iter().collect())
}

impl<'a> Declared<'a> {
    fn of(field: &'a Field, ident: &'a Ident) -> Result<Self, Error> {
        let mut declared = Self {
            ident,
            ty: &field.ty,
            name: ident.unraw().to_string(),
            description: documentation(&field.attrs),
            words: Vec::new(),
            min: None,
            max: None,
            default: None,
            checks: Vec::new(),
            deprecated: None,
        };
        for attribute in field.attrs.iter().filter(|attribute| attribute.path().is_ident("tf")) {
            attribute.parse_nested_meta(|meta| declared.take(&meta))?;
        }
        declared.check()?;
        Ok(declared)
    }

    fn take(&mut self, meta: &ParseNestedMeta<'_>) -> Result<(), Error> {
        let word = meta.path.get_ident().map(Ident::to_string).unwrap_or_default();
        if let Some((word, _)) = WORDS.iter().find(|(known, _)| *known == word) {
            self.words.push(word);
            return Ok(());
        }
        match word.as_str() {
            "min" => self.min = Some(meta.value()?.parse()?),
            "max" => self.max = Some(meta.value()?.parse()?),
            "default" => self.default = Some(meta.value()?.parse()?),
            "check" => self.checks.push(meta.value()?.parse()?),
            "deprecated" => self.deprecated = Some(meta.value()?.parse()?),
            "name" => self.name = meta.value()?.parse::<LitStr>()?.value(),
            _ => return Err(meta.error(FLAGS)),
        }
        Ok(())
    }

    fn has(&self, word: &str) -> bool {
        self.words.contains(&word)
    }

    fn is_block(&self) -> bool {
        self.has("block")
    }

    /// The builder functions of the attribute.
    fn marks(&self) -> impl Iterator<Item = &'static str> {
        let said = WORDS.iter().filter(|(word, _)| self.has(word));
        said.filter_map(|(_, mark)| *mark)
    }

    /// What does not go together.
    fn check(&self) -> Result<(), Error> {
        let wrong = |text: &str| Err(Error::new_spanned(self.ident, text));
        if self.description.is_empty() {
            return wrong("a doc comment has to say what it is: it is the description that users read");
        }
        if self.is_block() {
            let is_word_of_blocks = |word: &&str| ["block", "single"].contains(word);
            if !self.words.iter().all(is_word_of_blocks) || !self.checks.is_empty() || self.default.is_some() {
                return wrong("of a nested block only `single`, `min`, `max`, `deprecated` and `name` can be said");
            }
            return Ok(());
        }
        if self.has("single") || self.min.is_some() || self.max.is_some() {
            return wrong("`single`, `min` and `max` are about nested blocks: add `block`");
        }
        let from_config = self.has("required") || self.has("optional") || self.default.is_some();
        if !from_config && !self.has("computed") {
            return wrong("say where the value comes from: `required`, `optional`, `computed` or `default = …`");
        }
        if self.has("required") && (self.has("optional") || self.has("computed") || self.default.is_some()) {
            return wrong("the configuration gives a `required` value always: leave out the other");
        }
        if self.has("identity") && !self.has("computed") {
            if !self.has("required") {
                return wrong("what names the object is `required`, or `computed`");
            }
            if !self.has("replace") {
                return wrong("another name is another object: add `replace`");
            }
        }
        if self.default.is_some() && self.has("computed") {
            return wrong("a value with a default is never computed: leave out `computed`");
        }
        Ok(())
    }

    fn mode(&self) -> Tokens {
        match (
            self.has("required"),
            self.has("optional"),
            self.has("computed") || self.default.is_some(),
        ) {
            (true, ..) => quote!(Required),
            (_, true, true) => quote!(OptionalComputed),
            (_, true, false) => quote!(Optional),
            _ => quote!(Computed),
        }
    }

    /// The attribute, as an expression.
    fn attribute(&self) -> Tokens {
        let (name, ty, description, mode) = (&self.name, self.ty, &self.description, self.mode());
        let mut attribute = quote_spanned! { ty.span() =>
            ::tfplug::derive::Attribute::new(
                #name, <#ty as ::tfplug::Typed>::ty(), ::tfplug::derive::Mode::#mode, #description,
            )
        };
        if let Some(default) = &self.default {
            attribute = quote_spanned! { default.span() =>
                #attribute.default_value(::tfplug::derive::default::<#ty>(#default))
            };
        }
        for check in &self.checks {
            attribute = quote_spanned!(check.span() => #attribute.validate(::tfplug::derive::rule::<#ty, _>(#check)));
        }
        for mark in self.marks() {
            let mark = Ident::new(mark, Span::call_site());
            attribute = quote!(#attribute.#mark());
        }
        if let Some(text) = &self.deprecated {
            attribute = quote!(#attribute.deprecated(#text));
        }
        attribute
    }

    /// The nested block, as an expression.
    fn nested(&self) -> Tokens {
        let (name, ty, description) = (&self.name, self.ty, &self.description);
        let (min, max) = (option(self.min.as_ref()), option(self.max.as_ref()));
        let min = quote!(#min.unwrap_or_default());
        let deprecated = self.deprecated.as_ref().map(
            |text| quote!(nested.block.deprecation = ::core::option::Option::Some(::std::string::String::from(#text));),
        );
        quote_spanned! { ty.span() => {
            let limits = ::tfplug::Limits { min: #min, max: #max };
            let mut nested = <#ty as ::tfplug::Blocks>::nested(#name, limits);
            nested.block.description = ::std::string::String::from(#description);
            #deprecated
            nested
        }}
    }

    /// Demands of the type of the field, as statements.
    fn demands(&self) -> Tokens {
        let ty = self.ty;
        // The state has no write-only argument, so that reading it back finds null.
        let is_null = self.has("write_only") || self.has("optional") && self.default.is_none();
        let nullable = is_null.then(|| quote_spanned!(ty.span() => ::tfplug::derive::nullable::<#ty>();));
        let computable = self
            .has("computed")
            .then(|| quote_spanned!(ty.span() => ::tfplug::derive::computable::<#ty>();));
        quote!(#nullable #computable)
    }
}

fn option(literal: Option<&LitInt>) -> Tokens {
    literal.map_or_else(
        || quote!(::core::option::Option::<i64>::None),
        |literal| quote!(::core::option::Option::<i64>::Some(#literal)),
    )
}

/// The doc comment of an item, as one text.
fn documentation(attributes: &[Attribute]) -> String {
    let lines = attributes.iter().filter_map(|attribute| match &attribute.meta {
        Meta::NameValue(pair) if pair.path.is_ident("doc") => match &pair.value {
            Expr::Lit(ExprLit {
                lit: Lit::Str(text), ..
            }) => Some(text.value().trim().to_owned()),
            _ => None,
        },
        _ => None,
    });
    lines.collect::<Vec<_>>().join("\n").trim().to_owned()
}

fn schema(input: &DeriveInput, declared: &[Declared<'_>]) -> Tokens {
    let (name, (impls, types, clause)) = (&input.ident, input.generics.split_for_impl());
    let description = documentation(&input.attrs);
    let (blocks, plain): (Vec<&Declared<'_>>, Vec<&Declared<'_>>) = declared.iter().partition(|own| own.is_block());
    let (attributes, nested) = (
        plain.iter().map(|own| own.attribute()),
        blocks.iter().map(|own| own.nested()),
    );
    let demands = plain.iter().map(|own| own.demands());
    let identity = plain.iter().filter(|own| own.has("identity")).map(|own| &own.name);
    let misfits = declared.iter().map(|own| {
        let (name, ty) = (&own.name, own.ty);
        let look = if own.is_block() {
            quote!(misfits)
        } else {
            quote!(misfit)
        };
        quote!(::tfplug::derive::#look::<#ty>(object, #name, &mut told);)
    });
    quote! {
        impl #impls ::tfplug::Model for #name #types #clause {
            const IDENTITY: &'static [&'static str] = &[#(#identity),*];

            fn block() -> ::tfplug::derive::Block {
                #(#demands)*
                ::tfplug::derive::Block {
                    attributes: ::std::vec![#(#attributes),*],
                    blocks: ::std::vec![#(#nested),*],
                    description: ::std::string::String::from(#description),
                    ..::core::default::Default::default()
                }
            }

            fn misfits(object: ::tfplug::derive::Object<'_>) -> ::std::vec::Vec<::tfplug::derive::Mismatch> {
                let mut told = ::std::vec::Vec::new();
                #(#misfits)*
                told
            }
        }
    }
}

fn read(input: &DeriveInput, declared: &[Declared<'_>]) -> Tokens {
    let (name, (impls, types, clause)) = (&input.ident, input.generics.split_for_impl());
    let names = declared.iter().map(|own| &own.name);
    let reads = declared.iter().map(|own| {
        let (ident, name) = (own.ident, &own.name);
        if own.has("single") {
            quote!(#ident: object.single(#name)?)
        } else {
            quote!(#ident: object.attribute(#name)?)
        }
    });
    quote! {
        impl #impls ::tfplug::derive::Fields for #name #types #clause {
            const FIELDS: &'static [&'static str] = &[#(#names),*];
        }

        impl #impls ::tfplug::derive::FromValue for #name #types #clause {
            fn from_value(
                value: &::tfplug::derive::Value,
            ) -> ::core::result::Result<Self, ::tfplug::derive::Mismatch> {
                let object = ::tfplug::derive::Object::of(value)?;
                ::core::result::Result::Ok(Self { #(#reads),* })
            }
        }
    }
}

fn write(input: &DeriveInput, declared: &[Declared<'_>]) -> Tokens {
    let (name, (impls, types, clause)) = (&input.ident, input.generics.split_for_impl());
    let writes = declared.iter().map(|own| {
        let (ident, name) = (own.ident, &own.name);
        let value = quote!(::tfplug::derive::ToValue::to_value(&self.#ident));
        if own.has("single") {
            quote!((#name, ::tfplug::derive::single(#value)))
        } else {
            quote!((#name, #value))
        }
    });
    quote! {
        impl #impls ::tfplug::derive::ToValue for #name #types #clause {
            fn to_value(&self) -> ::tfplug::derive::Value {
                ::tfplug::derive::Value::object::<&str>([#(#writes),*])
            }
        }
    }
}

/// `NAME` for a field `name`: the attribute, where a message or a rule has to name it.
fn constants(input: &DeriveInput, declared: &[Declared<'_>]) -> Tokens {
    let (name, (impls, types, clause)) = (&input.ident, input.generics.split_for_impl());
    let vis = &input.vis;
    let constants = declared.iter().map(|own| {
        let (ty, name) = (own.ty, &own.name);
        // A nested block is pointed to, not read by its constant; the type of its elements may be private.
        let ty = if own.is_block() { quote!(()) } else { quote!(#ty) };
        let constant = format_ident!(
            "{}",
            own.ident.unraw().to_string().to_uppercase(),
            span = own.ident.span()
        );
        let about = format!(
            "The {} `{name}`.",
            if own.is_block() { "nested block" } else { "attribute" }
        );
        quote! {
            #[doc = #about]
            #vis const #constant: ::tfplug::Field<Self, #ty> = ::tfplug::Field::new(#name);
        }
    });
    quote! {
        #[allow(dead_code, reason = "not every attribute is named in code")]
        impl #impls #name #types #clause {
            #(#constants)*
        }
    }
}
