//! Fields of a struct as attributes of an object.

use syn::{Attribute, Data, DeriveInput, Error, Ident, LitStr, ext::IdentExt};

/// A field and the attribute that it stands for.
pub(crate) struct Field<'a> {
    /// Name in the struct.
    pub(crate) ident: &'a Ident,
    /// Name of the attribute.
    pub(crate) name: String,
    /// True if it is a nested block that may be written once.
    pub(crate) single: bool,
}

/// The fields of a struct with named fields, or what is wrong with it.
pub(crate) fn of(input: &DeriveInput) -> Result<Vec<Field<'_>>, Error> {
    let wrong = || Error::new_spanned(&input.ident, "only a struct with named fields can stand for an object");
    let Data::Struct(data) = &input.data else {
        return Err(wrong());
    };
    let fields = data
        .fields
        .iter()
        .map(|field| field_of(field.ident.as_ref().ok_or_else(wrong)?, &field.attrs));
    fields.collect()
}

fn field_of<'a>(ident: &'a Ident, attributes: &[Attribute]) -> Result<Field<'a>, Error> {
    let mut field = Field {
        ident,
        name: ident.unraw().to_string(),
        single: false,
    };
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("tf")) {
        attribute.parse_nested_meta(|meta| {
            if meta.path.is_ident("single") {
                field.single = true;
                Ok(())
            } else if meta.path.is_ident("name") {
                field.name = meta.value()?.parse::<LitStr>()?.value();
                Ok(())
            } else {
                Err(meta.error("expected `name = \"…\"` or `single`"))
            }
        })?;
    }
    Ok(field)
}
