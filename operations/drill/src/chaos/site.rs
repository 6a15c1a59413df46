//! Everything that runs: a tenant, a Redis cluster, two replicas behind nginx, and another API that they call.

use std::sync::Arc;
use std::time::Duration;

use auth0_api_testing::free_address;
use reqwest::{Client, Method};
use tempfile::TempDir;

use super::cluster::Cluster;
use super::keys::Keys;
use super::link::Link;
use super::nginx::Nginx;
use super::tenant::{AUDIENCE, CLIENT_ID, CLIENT_SECRET, PARTNER, Tenant};
use crate::Result;
use crate::replica::Replica;
use crate::settings::Settings;

pub(crate) struct Site {
    pub(crate) keys: Arc<Keys>,
    pub(crate) tenant: Tenant,
    pub(crate) cluster: Cluster,
    pub(crate) replicas: [Replica; 2],
    /// The other API, which stays as it is.
    partner: Replica,
    partner_link: Link,
    pub(crate) nginx: Nginx,
    /// The URL that clients call: that of nginx.
    pub(crate) url: String,
    operator: Client,
    // Dropped last: the processes write into it.
    pub(crate) folder: TempDir,
}

impl Site {
    /// Starts everything. Tries again if that fails, because another program may have taken a port.
    pub(crate) async fn set_up(settings: &Settings) -> Result<Self> {
        for _ in 1..ATTEMPTS {
            match Self::try_to_set_up(settings).await {
                Ok(site) => return Ok(site),
                Err(error) => eprintln!("{error}; everything is started again"),
            }
        }
        Self::try_to_set_up(settings).await
    }

    async fn try_to_set_up(settings: &Settings) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let cluster = Cluster::start(folder.path()).await?;
        let mut tenant = Tenant::new(folder.path()).await?;
        let keys = Arc::new(Keys::new(&format!("{}/", tenant.link.url()), AUDIENCE));
        tenant.start(&keys).await?;
        let (partner_link, public) = (Link::start().await?, free_address());
        let mut partner = Replica::new("partner", &settings.api, &environment(&tenant, PARTNER))?;
        partner.start(folder.path()).await?;
        partner_link.lead_to(Some(partner.address));
        let url = format!("http://{public}");
        let mut variables = environment(&tenant, AUDIENCE);
        variables.extend([
            ("PUBLIC_URL", url.clone()),
            ("REDIS_CLUSTER", cluster.urls()),
            // A busy machine needs more than the default. The windows depend on this time.
            ("REDIS_RESPONSE_TIMEOUT", "2000".to_owned()),
            ("NONCE_SECRET", "a secret of at least 32 bytes, for both replicas".to_owned()),
            ("PARTNER_URL", partner_link.url()),
            ("PARTNER_AUDIENCE", PARTNER.to_owned()),
            ("AUTH0_CLIENT_ID", CLIENT_ID.to_owned()),
            ("AUTH0_CLIENT_SECRET", CLIENT_SECRET.to_owned()),
            ("CORS_ORIGINS", PAGE.to_owned()),
            ("ADJUSTABLE_CLOCK", "true".to_owned()),
        ]);
        let replica = |name| Replica::new(name, &settings.api, &variables);
        let mut replicas = [replica("a")?, replica("b")?];
        for replica in &mut replicas {
            replica.start(folder.path()).await?;
        }
        let nginx = Nginx::start(folder.path(), public, replicas.each_ref().map(|replica| replica.address)).await?;
        let operator = Client::builder().no_proxy().timeout(LIMIT).pool_max_idle_per_host(0).build()?;
        Ok(Self { keys, tenant, cluster, replicas, partner, partner_link, nginx, url, operator, folder })
    }

    /// Closes the connections between the programs that are kept for later requests.
    pub(crate) fn close_idle_connections(&self) {
        for link in [&self.tenant.link, &self.partner_link] {
            link.cut();
            link.mend();
        }
    }

    /// Makes all APIs fetch the keys. Tries again while the tenant does not answer.
    pub(crate) async fn refresh_keys(&self) -> Result<()> {
        for replica in self.replicas.iter().chain([&self.partner]).filter(|replica| replica.process().is_ok()) {
            let refreshed = async {
                while self.operate(replica, Method::POST, "keys/refresh", "").await.is_err() {
                    tokio::time::sleep(PAUSE).await;
                }
            };
            tokio::time::timeout(LIMIT, refreshed).await.map_err(|_| "a replica cannot fetch the keys")?;
        }
        Ok(())
    }

    /// Sends a request to the operators' port of a replica, and returns the body.
    pub(crate) async fn operate(&self, replica: &Replica, method: Method, path: &str, body: &str) -> Result<String> {
        let url = format!("http://{}/{path}", replica.operators);
        let response = self.operator.request(method, url).body(body.to_owned()).send().await?;
        Ok(response.error_for_status()?.text().await?)
    }
}

fn environment(tenant: &Tenant, audience: &str) -> Vec<(&'static str, String)> {
    vec![
        ("AUTH0_DOMAIN", tenant.link.url()),
        ("AUTH0_AUDIENCE", audience.to_owned()),
        // Short, so that keys are fetched during faults, too.
        ("KEYS_FRESH_FOR", "30".to_owned()),
        // The operators of this drill read the table.
        ("RUST_LOG", "warn".to_owned()),
    ]
}

/// The origin of the page that calls the API.
pub(crate) const PAGE: &str = "https://app.example.com";
const ATTEMPTS: usize = 3;
/// For a slow machine.
const LIMIT: Duration = Duration::from_secs(60);
const PAUSE: Duration = Duration::from_millis(100);
