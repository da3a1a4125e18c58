//! Derives of `tfplug_core`'s `FromValue` and `ToValue` for structs whose fields are attributes of an object, and of
//! `tfplug`'s `Model`, which has a schema as well.
//!
//! A field has the name of its attribute; a raw identifier loses its `r#`. `#[tf(name = "…")]` gives another name.
//! `#[tf(single)]` marks a nested block that may be written once, which is a list of at most one object in Terraform.

mod fields;
mod model;

use proc_macro::TokenStream;
use proc_macro2::TokenStream as Tokens;
use quote::quote;
use syn::{DeriveInput, parse_macro_input};

use self::fields::Field;

/// Reads a struct from an object.
#[proc_macro_derive(FromValue, attributes(tf))]
pub fn from_value(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    expand(&input, read).into()
}

/// Makes a struct the model of a block, for the crate `tfplug`: see there.
#[proc_macro_derive(Model, attributes(tf))]
pub fn model(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    model::expand(&input)
        .unwrap_or_else(|error| error.to_compile_error())
        .into()
}

/// Writes a struct as an object.
#[proc_macro_derive(ToValue, attributes(tf))]
pub fn to_value(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    expand(&input, write).into()
}

fn expand(input: &DeriveInput, implementation: fn(&DeriveInput, &[Field<'_>]) -> Tokens) -> Tokens {
    match fields::of(input) {
        Ok(fields) => implementation(input, &fields),
        Err(error) => error.to_compile_error(),
    }
}

fn read(input: &DeriveInput, fields: &[Field<'_>]) -> Tokens {
    let (name, (impls, types, clause)) = (&input.ident, input.generics.split_for_impl());
    let names = fields.iter().map(|field| &field.name);
    let reads = fields.iter().map(|field| {
        let (ident, name) = (field.ident, &field.name);
        if field.single {
            quote!(#ident: object.single(#name)?)
        } else {
            quote!(#ident: object.attribute(#name)?)
        }
    });
    quote! {
        impl #impls ::tfplug_core::typed::Fields for #name #types #clause {
            const FIELDS: &'static [&'static str] = &[#(#names),*];
        }

        impl #impls ::tfplug_core::typed::FromValue for #name #types #clause {
            fn from_value(value: &::tfplug_core::Value) -> ::core::result::Result<Self, ::tfplug_core::typed::Mismatch> {
                let object = ::tfplug_core::typed::Object::of(value)?;
                ::core::result::Result::Ok(Self { #(#reads),* })
            }
        }
    }
}

fn write(input: &DeriveInput, fields: &[Field<'_>]) -> Tokens {
    let (name, (impls, types, clause)) = (&input.ident, input.generics.split_for_impl());
    let writes = fields.iter().map(|field| {
        let (ident, name) = (field.ident, &field.name);
        let value = quote!(::tfplug_core::typed::ToValue::to_value(&self.#ident));
        if field.single {
            quote!((#name, ::tfplug_core::typed::single(#value)))
        } else {
            quote!((#name, #value))
        }
    });
    quote! {
        impl #impls ::tfplug_core::typed::ToValue for #name #types #clause {
            fn to_value(&self) -> ::tfplug_core::Value {
                ::tfplug_core::Value::object([#(#writes),*])
            }
        }
    }
}
