//! Endpoints, and the way to them.

use tfplug_core::{
    Attribute, NestedBlock, Value,
    validators::{Custom, Matches},
};

use super::{
    forms, name,
    shapes::{at_most_one, flag, string},
};

/// The arguments about the network.
pub(super) fn attributes() -> Vec<Attribute> {
    let mut attributes = regions();
    attributes.extend(way());
    attributes.extend(metadata());
    attributes
}

fn regions() -> Vec<Attribute> {
    let region = Matches {
        test: forms::is_region,
        expected: "the name of a region, for example `eu-west-1`",
    };
    vec![
        string(
            name::REGION,
            "Region of all resources that do not name their own. Else `AWS_REGION`, `AWS_DEFAULT_REGION`, the region of \
             the profile or, on EC2, of the instance.",
        )
        .validate(region),
        string(
            name::STS_REGION,
            "Region of the STS that roles are assumed with and that knows the account. Defaults to the region of the \
             provider.",
        )
        .validate(region),
        flag(
            name::USE_FIPS_ENDPOINT,
            "Whether to call endpoints that are validated by FIPS 140. Defaults to `false`; else \
             `AWS_USE_FIPS_ENDPOINT` or `use_fips_endpoint` of the profile. A service with a URL in `endpoints` is \
             called there all the same.",
        ),
        flag(
            name::USE_DUALSTACK_ENDPOINT,
            "Whether to call endpoints that IPv6 reaches, too. Defaults to `false`; else \
             `AWS_USE_DUALSTACK_ENDPOINT` or `use_dualstack_endpoint` of the profile. A service with a URL in \
             `endpoints` is called there all the same.",
        ),
    ]
}

fn way() -> Vec<Attribute> {
    let proxy = |name, description| {
        string(name, description).validate(Custom {
            expected: "the URL of a proxy, for example `http://proxy.example.com:8080`".to_owned(),
            check: Box::new(|value: &Value| match value.as_str() {
                // A URL may hold a password, so the stock rules, which repeat the value, will not do.
                Some(url) if !url.is_empty() => aws::check_proxy_url(url),
                _ => Ok(()),
            }),
        })
    };
    vec![
        string(
            name::CUSTOM_CA_BUNDLE,
            "File of PEM certificates of the authorities to trust, instead of those of the system. Else \
             `AWS_CA_BUNDLE`. `~` stands for the home directory.",
        ),
        proxy(
            name::HTTP_PROXY,
            "URL of the proxy for calls to `http` URLs, and to `https` ones if neither `https_proxy` nor `HTTPS_PROXY` \
             is set. Else `HTTP_PROXY` or `http_proxy`.",
        ),
        proxy(
            name::HTTPS_PROXY,
            "URL of the proxy for calls to `https` URLs. Else `HTTPS_PROXY` or `https_proxy`. An empty string means no \
             proxy, also if `http_proxy` is set.",
        ),
        string(
            name::NO_PROXY,
            "Hosts to call without a proxy, separated by commas: names, which stand for their subdomains too, IP \
             addresses, CIDR blocks, or `*` for all. Else `NO_PROXY` or `no_proxy`. Services on this machine are \
             called without the proxy of the environment anyway.",
        ),
    ]
}

fn metadata() -> Vec<Attribute> {
    vec![
        flag(
            name::SKIP_METADATA_API_CHECK,
            "Whether never to ask the metadata service of EC2 for credentials and region. Defaults to `false`; \
             `AWS_EC2_METADATA_DISABLED` switches it off as well. It is asked last and waited for 1 second.",
        ),
        string(
            name::EC2_METADATA_SERVICE_ENDPOINT,
            "URL of the metadata service of EC2. Else `AWS_EC2_METADATA_SERVICE_ENDPOINT`; else its usual address.",
        )
        .validate(Matches {
            test: is_url,
            expected: URL,
        }),
        string(
            name::EC2_METADATA_SERVICE_ENDPOINT_MODE,
            "Protocol of the usual address of the metadata service of EC2. Defaults to `IPv4`; else \
             `AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE`.",
        )
        .validate(Matches {
            test: forms::is_ip_version,
            expected: "`IPv4` or `IPv6`",
        }),
    ]
}

const URL: &str = "a URL that begins with `http://` or `https://`";

/// The block of URLs.
pub(super) fn endpoints() -> NestedBlock {
    let url = |name, service| {
        let description = format!("URL to call instead of the regional endpoint of {service}.");
        string(name, &description).validate(Matches {
            test: is_url,
            expected: URL,
        })
    };
    at_most_one(
        name::ENDPOINTS,
        "URLs to call instead of the endpoints of AWS, for example of an emulator. Else `AWS_ENDPOINT_URL_ECS`, \
         `AWS_ENDPOINT_URL_STS`, `AWS_ENDPOINT_URL` and `endpoint_url` of the profile.",
        vec![url(name::ECS, "ECS"), url(name::STS, "STS")],
    )
}

fn is_url(text: &str) -> bool {
    text.is_empty() || aws::is_url(text)
}
