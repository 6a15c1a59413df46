//! What a server says about itself.

use std::time::Duration;

use auth0_api_redis::{RedisConfigError, RedisInspection, RedisInspectionError};
use auth0_api_testing::RedisServer;

use crate::processes::ask;

const WITHIN: Duration = Duration::from_secs(20);

fn with(arguments: &'static [&'static str]) -> impl FnMut() -> Vec<String> {
    || arguments.iter().map(|&argument| argument.to_owned()).collect()
}

#[tokio::test]
async fn a_server_tells_its_version_its_role_and_its_policy() {
    let Some(redis) = RedisServer::start_with(with(&["--maxmemory-policy", "volatile-lru"])).await else { return };
    let read = RedisInspection::of(&redis.url(), WITHIN).await.unwrap();
    assert!(read.version().unwrap().starts_with(|first: char| first.is_ascii_digit()), "{read}");
    assert_eq!(
        (read.mode(), read.role(), read.eviction_policy()),
        (Some("standalone"), Some("master"), Some("volatile-lru"))
    );
    assert_eq!((read.has_append_only_file(), read.replicas(), read.longest_lag()), (Some(false), 0, None));
}

#[tokio::test]
async fn a_password_is_told_from_an_outage_and_never_shown() {
    let Some(mut redis) = RedisServer::start().await else { return };
    let _: String = ask(&redis, redis::cmd("CONFIG").arg("SET").arg("requirepass").arg("hush")).await;
    let url = |login: &str| redis.url().replace("://", &format!("://{login}"));
    for login in ["", ":wrong-hush@"] {
        let error = RedisInspection::of(&url(login), WITHIN).await.unwrap_err();
        assert!(matches!(error, RedisInspectionError::Login), "{error:?}");
        assert!(!format!("{error:?} {error}").contains("hush"));
    }
    let known = url(":hush@");
    assert!(RedisInspection::of(&known, WITHIN).await.is_ok());
    redis.stop();
    let error = RedisInspection::of(&known, WITHIN).await.unwrap_err();
    assert!(matches!(error, RedisInspectionError::Unreachable(_)), "{error:?}");
    assert!(!format!("{error:?} {error}").contains("hush"));
}

#[tokio::test]
async fn a_url_that_is_none_and_a_server_that_is_silent_are_errors() {
    let error = RedisInspection::of("redis.internal", WITHIN).await.unwrap_err();
    assert!(matches!(error, RedisInspectionError::Config(RedisConfigError::UrlMalformed)), "{error:?}");
    // The system accepts the connection, and nobody answers.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("redis://{}", silent.local_addr().unwrap());
    let error = RedisInspection::of(&url, Duration::from_millis(50)).await.unwrap_err();
    assert!(matches!(error, RedisInspectionError::TimedOut), "{error:?}");
}
