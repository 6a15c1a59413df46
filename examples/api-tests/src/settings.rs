//! Each environment variable has the effect that `--help` describes.

use auth0_api_testing::{EncryptionKey, LocalTenant};

use crate::process::{Holder, PRIVATE, Process, header};
use crate::temporary_file;

const BEARER: &str = r#"Bearer realm="api""#;
const DPOP: &str = r#"DPoP algs="ES256""#;

pub async fn the_variable_dpop_sets_the_mode() {
    let tenant = LocalTenant::start().await.unwrap();
    let bearer = format!("Bearer {}", tenant.mint().sign());
    for (settings, challenges, of_bearer, of_bound) in [
        (&[][..], &[BEARER, DPOP][..], 200, 200),
        (&[("DPOP", "accept")], &[BEARER, DPOP], 200, 200),
        (&[("DPOP", "require")], &[DPOP], 401, 200),
        (&[("DPOP", "ignore")], &[BEARER], 200, 401),
    ] {
        let api = Process::start(&tenant, settings).await;
        assert_eq!(header(&api.get(PRIVATE, &[]).await, "www-authenticate"), challenges);
        assert_eq!(api.get(PRIVATE, &[("authorization", &bearer)]).await.status(), of_bearer, "{settings:?}");
        let bound = api.prove(&Holder::new(&tenant), &api.url(""), &[]).await;
        assert_eq!(bound.status(), of_bound, "{settings:?}");
    }
}

pub async fn encrypted_tokens_are_accepted_with_a_decryption_key_file() {
    let (tenant, key) = (LocalTenant::start().await.unwrap(), EncryptionKey::generate());
    let file = temporary_file("key.pem");
    std::fs::write(&file, key.private_key_pem()).unwrap();
    let bearer = format!("Bearer {}", tenant.mint().encrypt(&key.encryption()).sign());
    let with_key = [("AUTH0_DECRYPTION_KEY_FILE", file.to_str().unwrap())];
    for (settings, status) in [(&with_key[..], 200), (&[], 401)] {
        let api = Process::start(&tenant, settings).await;
        assert_eq!(api.get(PRIVATE, &[("authorization", &bearer)]).await.status(), status, "{settings:?}");
    }
    std::fs::remove_file(&file).unwrap();
}

pub async fn a_nonce_is_demanded_when_dpop_nonce_is_on() {
    let tenant = LocalTenant::start().await.unwrap();
    let api = Process::start(&tenant, &[("DPOP_NONCE", "on")]).await;
    let holder = Holder::new(&tenant);
    let rejected = api.prove(&holder, &api.url(""), &[]).await;
    assert_eq!(rejected.status(), 401);
    let nonce = header(&rejected, "dpop-nonce").concat();
    let proof = holder.proof(&api.url(PRIVATE)).nonce(&nonce).sign();
    let headers = [("authorization", &*holder.authorization()), ("dpop", &proof)];
    assert_eq!(api.get(PRIVATE, &headers).await.status(), 200);
}

pub async fn the_called_url_comes_from_public_url_or_trusted_proxies_and_own_hosts() {
    let tenant = LocalTenant::start().await.unwrap();
    let forwarded = [("x-forwarded-proto", "https"), ("x-forwarded-host", "public.example.com")];
    let public = "https://public.example.com";
    for (settings, of_own, of_public) in [
        (&[][..], 200, 401),
        (&[("TRUSTED_PROXIES", "none")], 200, 401),
        (&[("TRUSTED_PROXIES", "1")], 401, 200),
        (&[("TRUSTED_PROXIES", "10.0.0.0/8, 127.0.0.1")], 401, 200),
        (&[("TRUSTED_PROXIES", "10.0.0.0/8")], 200, 401),
        (&[("TRUSTED_PROXIES", "1"), ("OWN_HOSTS", "api.example.com,public.example.com")], 401, 200),
        (&[("TRUSTED_PROXIES", "1"), ("OWN_HOSTS", "api.example.com")], 400, 400),
        (&[("PUBLIC_URL", public)], 401, 200),
    ] {
        let api = Process::start(&tenant, settings).await;
        let holder = Holder::new(&tenant);
        assert_eq!(api.prove(&holder, &api.url(""), &forwarded).await.status(), of_own, "{settings:?}");
        assert_eq!(api.prove(&holder, public, &forwarded).await.status(), of_public, "{settings:?}");
    }
}

pub async fn the_routes_answer_as_documented() {
    let tenant = LocalTenant::start().await.unwrap();
    let api = Process::start(&tenant, &[]).await;
    let plain = format!("Bearer {}", tenant.mint().sign());
    let reader = format!("Bearer {}", tenant.mint().scope("read:messages").sign());
    for (path, authorization, status, part) in [
        ("/api/public", None, 200, "Hello from a public endpoint!"),
        (PRIVATE, None, 401, "missing_credentials"),
        (PRIVATE, Some(&plain), 200, "auth0|local-user"),
        ("/api/private-scoped", Some(&plain), 403, "insufficient_scope"),
        ("/api/private-scoped", Some(&reader), 200, r#""scopes":["read:messages"]"#),
        ("/api/claims", Some(&reader), 200, r#""scope":"read:messages""#),
        // The layer also covers unknown paths, so that a client without a valid token cannot find out which routes
        // exist.
        ("/elsewhere", None, 401, "missing_credentials"),
        ("/elsewhere", Some(&plain), 404, ""),
    ] {
        let headers: Vec<_> = authorization.iter().map(|value| ("authorization", value.as_str())).collect();
        let response = api.get(path, &headers).await;
        assert_eq!(response.status(), status, "{path}");
        assert!(response.text().await.unwrap().contains(part), "{path}");
    }
}
