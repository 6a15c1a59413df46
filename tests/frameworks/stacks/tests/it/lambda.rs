//! AWS Lambda: the events of API Gateway, through `lambda_http`.

use axum::body::Body;
use lambda_http::RequestExt as _;
use tower::{Layer as _, ServiceExt as _};

use crate::world::{World, routes};

fn event(authorization: Option<&str>) -> lambda_http::Request {
    let header = authorization.map(|value| format!(r#","authorization":"{value}""#)).unwrap_or_default();
    let event = format!(
        r#"{{"version":"2.0","routeKey":"$default","rawPath":"/private","rawQueryString":"a=b",
            "headers":{{"host":"api.example.com","x-forwarded-proto":"https"{header}}},"isBase64Encoded":false,
            "requestContext":{{"accountId":"1","apiId":"api","domainName":"api.example.com","domainPrefix":"api",
                "http":{{"method":"GET","path":"/private","protocol":"HTTP/1.1","sourceIp":"192.0.2.1","userAgent":"a"}},
                "requestId":"id","routeKey":"$default","stage":"$default","time":"12/Mar/2020:19:03:58 +0000",
                "timeEpoch":1583348638390}}}}"#
    );
    lambda_http::request::from_str(&event).unwrap()
}

#[tokio::test]
async fn a_function_behind_api_gateway_is_protected() {
    let world = World::start().await;
    // `lambda_http::run(app)` takes this service.
    let app = world.layer().layer(routes());
    for (authorization, status) in [(None, 401), (Some(world.authorization()), 200)] {
        let request = event(authorization.as_deref());
        assert_eq!(request.raw_http_path(), "/private");
        let response = app.clone().oneshot(request.map(Body::new)).await.unwrap();
        assert_eq!(response.status(), status);
    }
}
