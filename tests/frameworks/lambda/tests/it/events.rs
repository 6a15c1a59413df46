//! The events that the gateways send to a function.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

/// A request of a client, as a gateway receives it.
#[derive(Clone)]
pub(crate) struct Called {
    pub(crate) method: &'static str,
    pub(crate) path: String,
    pub(crate) host: &'static str,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Option<Vec<u8>>,
    pub(crate) certificate: Option<String>,
}

/// The gateway in front of the function.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Gateway {
    /// An HTTP API, or the URL of a function: payload format 2.0.
    Http,
    /// A REST API: payload format 1.0.
    Rest,
    /// An Application Load Balancer.
    LoadBalancer,
    /// An Application Load Balancer whose target group has multi-value headers.
    LoadBalancerMultiValue,
}

pub(crate) const GATEWAYS: [Gateway; 4] = [
    Gateway::Http,
    Gateway::Rest,
    Gateway::LoadBalancer,
    Gateway::LoadBalancerMultiValue,
];

/// The address of the client.
pub(crate) const CLIENT: &str = "192.0.2.1";

impl Called {
    pub(crate) fn get(path: &str) -> Self {
        let (path, host) = (path.to_owned(), "api.example.com");
        Self {
            method: "GET",
            path,
            host,
            headers: Vec::new(),
            body: None,
            certificate: None,
        }
    }

    pub(crate) fn post(path: &str, body: &[u8]) -> Self {
        Self { method: "POST", body: Some(body.to_vec()), ..Self::get(path) }
    }

    pub(crate) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// The event. `path` of the event is that of the call; `stage` is the stage of the API.
    pub(crate) fn through(&self, gateway: Gateway, stage: &str) -> Value {
        let mut event = match gateway {
            Gateway::Http => self.http_api(stage),
            Gateway::Rest => self.rest_api(stage),
            Gateway::LoadBalancer => {
                self.load_balancer(json!({ "headers": self.last() }))
            }
            Gateway::LoadBalancerMultiValue => {
                self.load_balancer(json!({ "multiValueHeaders": self.all() }))
            }
        };
        // Bodies that are not text are encoded.
        let text = self.body.as_ref().map(|body| std::str::from_utf8(body));
        event["isBase64Encoded"] = matches!(text, Some(Err(_))).into();
        event["body"] = match (&self.body, text) {
            (Some(_), Some(Ok(text))) => text.into(),
            (Some(body), _) => STANDARD.encode(body).into(),
            (None, _) => Value::Null,
        };
        event
    }

    fn http_api(&self, stage: &str) -> Value {
        let certificate = self.certificate.as_ref();
        let authentication =
            certificate.map(|pem| json!({ "clientCert": { "clientCertPem": pem, "subjectDN": "CN=client",
                "issuerDN": "CN=client", "serialNumber": "a1",
                "validity": { "notBefore": "May 28 12:30:02 2019 GMT", "notAfter": "Aug  5 09:36:04 2021 GMT" } } }));
        json!({
            "version": "2.0", "routeKey": "$default", "rawPath": self.path, "rawQueryString": "",
            "headers": self.joined(),
            "requestContext": {
                "accountId": "123456789012", "apiId": "api-id", "authentication": authentication,
                "domainName": self.host, "domainPrefix": "api", "requestId": "id", "routeKey": "$default",
                "stage": stage, "time": "12/Mar/2020:19:03:58 +0000", "timeEpoch": 1_583_348_638_390_u64,
                "http": { "method": self.method, "path": self.path, "protocol": "HTTP/1.1",
                    "sourceIp": CLIENT, "userAgent": "agent" }
            }
        })
    }

    fn rest_api(&self, stage: &str) -> Value {
        let certificate =
            self.certificate.as_ref().map(|pem| json!({ "clientCertPem": pem }));
        json!({
            "resource": "/{proxy+}", "path": self.path, "httpMethod": self.method,
            "headers": self.last(), "multiValueHeaders": self.all(),
            "queryStringParameters": null, "multiValueQueryStringParameters": null,
            "pathParameters": null, "stageVariables": null,
            "requestContext": {
                "accountId": "123456789012", "apiId": "api-id", "domainName": self.host, "domainPrefix": "api",
                "httpMethod": self.method, "path": format!("/{stage}{}", self.path), "protocol": "HTTP/1.1",
                "requestId": "id", "requestTimeEpoch": 1_583_348_638_390_u64, "resourceId": "r",
                "resourcePath": "/{proxy+}", "stage": stage,
                "identity": { "sourceIp": CLIENT, "userAgent": "agent", "clientCert": certificate }
            }
        })
    }

    fn load_balancer(&self, headers: Value) -> Value {
        let mut event = json!({
            "requestContext": { "elb": { "targetGroupArn":
                "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/api/abc" } },
            "httpMethod": self.method, "path": self.path, "queryStringParameters": {},
        });
        let (Some(event_members), Value::Object(headers)) =
            (event.as_object_mut(), headers)
        else {
            unreachable!("both are objects");
        };
        event_members.extend(headers);
        event
    }

    /// The header lines, with those that each of the gateways adds.
    fn lines(&self) -> impl Iterator<Item = (&'static str, String)> {
        let own = [
            ("host", self.host),
            ("x-forwarded-proto", "https"),
            ("x-forwarded-port", "443"),
        ];
        let own = own.map(|(name, value)| (name, value.to_owned()));
        self.headers
            .clone()
            .into_iter()
            .chain(own)
            .chain([("x-forwarded-for", CLIENT.to_owned())])
    }

    /// The last line of each name.
    fn last(&self) -> Map<String, Value> {
        self.lines().map(|(name, value)| (name.to_owned(), value.into())).collect()
    }

    /// All lines of each name.
    fn all(&self) -> Map<String, Value> {
        let mut all = Map::new();
        for (name, value) in self.lines() {
            let lines = all.entry(name).or_insert_with(|| json!([]));
            lines.as_array_mut().unwrap().push(value.into());
        }
        all
    }

    /// All lines of each name, joined by commas.
    fn joined(&self) -> Map<String, Value> {
        let mut joined: Map<String, Value> = Map::new();
        for (name, value) in self.lines() {
            let value = match joined.get(name).and_then(Value::as_str) {
                Some(before) => format!("{before},{value}"),
                None => value,
            };
            joined.insert(name.to_owned(), value.into());
        }
        joined
    }
}
