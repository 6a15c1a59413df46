//! Tests of a program as it is deployed: a process that is configured from the environment and called over real sockets.
//!
//! `axum-api` and `actix-api` are the same API, so both run these tests.

#![expect(missing_docs, reason = "the name of a test says what it checks")]
#![expect(clippy::missing_panics_doc, clippy::unwrap_used, reason = "a test stops where it fails")]

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

pub mod browsers;
pub mod deployment;
pub mod events;
pub mod foreign;
mod process;
pub mod replicas;
pub mod settings;
pub mod tls;

static PROGRAM: OnceLock<&'static str> = OnceLock::new();

/// Makes the tests of this crate tests of the program at this path.
#[macro_export]
macro_rules! test_the_program {
    ($program:expr) => {
        $crate::test_each! { $program,
            browsers {
                a_preflight_needs_no_token_on_any_route,
                a_page_can_read_an_answer_a_rejection_and_a_nonce,
                only_the_configured_origins_are_allowed,
                a_malformed_origin_is_reported_at_the_start,
            }
            deployment {
                the_api_is_ready_once_keys_are_available,
                requests_to_this_machine_bypass_the_proxy,
                requests_to_other_hosts_use_the_proxy,
                the_api_fetches_keys_before_the_first_request,
                on_sigterm_the_api_finishes_requests_in_progress,
                an_invalid_configuration_ends_the_program_with_the_reason,
                a_port_in_use_is_an_error_in_words,
                the_program_prints_what_it_serves,
                the_log_names_rejections_and_contains_no_credentials,
            }
            events {
                the_event_stream_ends_with_its_token,
            }
            foreign {
                dpop_clients_from_npm_pass_every_check,
            }
            replicas {
                a_proof_used_at_one_replica_is_rejected_at_the_other,
                replicas_without_redis_each_accept_a_proof_once,
                proofs_are_rejected_with_503_while_redis_is_down,
                an_api_starts_while_redis_is_down,
            }
            settings {
                the_variable_dpop_sets_the_mode,
                encrypted_tokens_are_accepted_with_a_decryption_key_file,
                a_nonce_is_demanded_when_dpop_nonce_is_on,
                the_called_url_comes_from_public_url_or_trusted_proxies_and_own_hosts,
                the_routes_answer_as_documented,
            }
            tls {
                the_api_reaches_its_tenant_through_a_proxy_unless_no_proxy_names_the_tenant,
                the_api_trusts_the_certificate_of_ssl_cert_file,
                pages_of_this_machine_may_call_the_api_of_a_local_tenant_with_tls,
            }
        }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! test_each {
    ($program:expr, $($module:ident { $($test:ident,)* })*) => {
        $(mod $module {
            $(#[tokio::test]
            async fn $test() {
                $crate::choose($program);
                $crate::$module::$test().await;
            })*
        })*
    };
}

/// Sets the program that the tests of this process start.
pub fn choose(program: &'static str) {
    assert_eq!(*PROGRAM.get_or_init(|| program), program);
}

fn program() -> &'static str {
    PROGRAM.get().unwrap()
}

/// Returns the path of a file that no other test writes.
fn temporary_file(name: &str) -> PathBuf {
    let program = Path::new(program()).file_name().unwrap().to_string_lossy();
    std::env::temp_dir().join(format!("{program}-{}-{name}", std::process::id()))
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_test_is_in_the_list() {
        let list = include_str!("lib.rs").split_once("macro_rules! test_the_program").unwrap().1;
        let list = list.split_once("macro_rules!").unwrap().0;
        for source in [
            include_str!("browsers.rs"),
            include_str!("deployment.rs"),
            include_str!("events.rs"),
            include_str!("foreign.rs"),
            include_str!("replicas.rs"),
            include_str!("settings.rs"),
            include_str!("tls.rs"),
        ] {
            let tests: Vec<_> =
                source.split("\npub async fn ").skip(1).map(|rest| rest.split('(').next().unwrap()).collect();
            assert!(!tests.is_empty());
            for test in tests {
                assert!(list.contains(&format!(" {test},\n")), "{test}");
            }
        }
    }
}
