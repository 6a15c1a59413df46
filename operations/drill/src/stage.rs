//! All processes: the tenant, Redis, two replicas, nginx and Prometheus.

use std::fmt;
use std::fs;
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use auth0_api_testing::{LocalTenant, RedisServer, free_address};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::Result;
use crate::process::Process;
use crate::prometheus::Prometheus;
use crate::replica::Replica;
use crate::settings::Settings;

/// Everything that runs. Dropping it stops all of it.
pub(crate) struct Stage {
    pub(crate) tenant: LocalTenant,
    pub(crate) redis: RedisServer,
    pub(crate) replicas: [Replica; 2],
    pub(crate) prometheus: Prometheus,
    /// The URL that clients call: that of nginx.
    pub(crate) url: String,
    _nginx: Process,
    // Dropped last: the processes write into it.
    folder: TempDir,
}

impl Stage {
    /// Starts everything. Tries again if that fails, because another program may have taken a port.
    pub(crate) async fn set_up(settings: &Settings) -> Result<Self> {
        for _ in 1..ATTEMPTS {
            if let Ok(stage) = Self::try_to_set_up(settings).await {
                return Ok(stage);
            }
        }
        Self::try_to_set_up(settings).await
    }

    async fn try_to_set_up(settings: &Settings) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let tenant = LocalTenant::start().await?;
        let redis = RedisServer::start().await.ok_or("redis-server is not installed")?;
        let public = free_address();
        let url = format!("http://{public}");
        let environment = vec![
            ("AUTH0_DOMAIN", tenant.domain().to_owned()),
            ("AUTH0_AUDIENCE", tenant.audience().to_owned()),
            ("PUBLIC_URL", url.clone()),
            ("REDIS_URL", redis.url()),
            ("LOGOUT_CLIENTS", LOGOUT_CLIENT.to_owned()),
            // Ten minutes, the default.
            ("KEYS_FRESH_FOR", (10 * settings.minute().as_secs()).to_string()),
        ];
        let mut replicas =
            [Replica::new("a", &settings.api, &environment)?, Replica::new("b", &settings.api, &environment)?];
        for replica in &mut replicas {
            replica.start(folder.path()).await?;
        }
        let nginx = nginx(folder.path(), public, &replicas).await?;
        let targets = replicas.each_ref().map(|replica| (replica.name, replica.operators));
        let prometheus = Prometheus::start(settings, folder.path(), &targets).await?;
        Ok(Self { tenant, redis, replicas, prometheus, url, _nginx: nginx, folder })
    }

    /// Sends a command to Redis, and waits until it has taken effect.
    pub(crate) async fn tell_redis(&self, command: &str) -> Result<()> {
        let talk = async {
            let mut connection = TcpStream::connect(self.redis.address()).await?;
            connection.write_all(format!("{command}\r\n").as_bytes()).await?;
            let mut answer = [0; OK.len()];
            connection.read_exact(&mut answer).await?;
            Ok::<_, io::Error>(answer)
        };
        match timeout(LIMIT, talk).await?? {
            answer if answer == *OK => Ok(()),
            answer => Err(format!("Redis answered {command} with {}", String::from_utf8_lossy(&answer)).into()),
        }
    }

    pub(crate) async fn start_replica_again(&mut self) -> Result<()> {
        self.replicas[0].start(self.folder.path()).await
    }
}

async fn nginx(folder: &Path, public: SocketAddr, replicas: &[Replica]) -> Result<Process> {
    let servers: String =
        replicas.iter().map(|replica| format!("server {} fail_timeout=1s; ", replica.address)).collect();
    // In one process, so that killing it leaves no worker.
    let file = folder.join("nginx.conf");
    let path = folder.display();
    let configuration = format!(
        "daemon off; master_process off; pid {path}/nginx.pid; error_log stderr;\n\
         events {{ }}\n\
         http {{\n  access_log off;\n  client_body_temp_path {path}/body; proxy_temp_path {path}/proxy; \
         fastcgi_temp_path {path}/fastcgi; uwsgi_temp_path {path}/uwsgi; scgi_temp_path {path}/scgi;\n  \
         upstream replicas {{ {servers}}}\n  \
         server {{\n    listen {public};\n    location / {{\n      proxy_pass http://replicas;\n      \
         proxy_next_upstream error timeout;\n      proxy_set_header Host $http_host;\n    }}\n  }}\n}}\n"
    );
    fs::write(&file, configuration)?;
    let mut command = Command::new("nginx");
    command.arg("-c").arg(&file).arg("-e").arg("stderr");
    Process::start(&mut command, public, folder, "nginx").await
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "the API, behind nginx  {}/orders", self.url)?;
        for replica in &self.replicas {
            writeln!(f, "replica {}              http://{}/metrics", replica.name, replica.operators)?;
        }
        writeln!(f, "Prometheus             http://{}/alerts", self.prometheus.address)?;
        writeln!(f, "Redis                  {}", self.redis.url())?;
        writeln!(f, "the tenant             {}", self.tenant.domain())?;
        write!(f, "logs                   {}", self.folder.path().display())
    }
}

const ATTEMPTS: usize = 3;
const OK: &[u8; 5] = b"+OK\r\n";
/// Redis on this machine answers within milliseconds.
const LIMIT: Duration = Duration::from_secs(5);

/// The client whose logouts the replicas take.
pub(crate) const LOGOUT_CLIENT: &str = "web-site";
