//! nginx in front of both replicas.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use rustix::process::Signal;

use crate::Result;
use crate::process::Process;

/// nginx with a worker, so that it can be reloaded. Dropping it stops both processes.
pub(crate) struct Nginx(Option<Process>);

impl Nginx {
    pub(crate) async fn start(folder: &Path, public: SocketAddr, replicas: [SocketAddr; 2]) -> Result<Self> {
        let file = folder.join("nginx.conf");
        fs::write(&file, configuration(folder, public, replicas))?;
        let mut command = Command::new("nginx");
        command.arg("-c").arg(&file).arg("-e").arg("stderr");
        Ok(Self(Some(Process::start(&mut command, public, folder, "nginx").await?)))
    }

    /// Reads the configuration again: new workers serve new connections, and the old ones finish theirs.
    pub(crate) fn reload(&self) -> Result<()> {
        self.0.as_ref().ok_or("nginx does not run")?.signal(Signal::HUP)
    }

    /// Ends nginx with its workers.
    pub(crate) async fn end(mut self) -> Result<()> {
        self.0.take().ok_or("nginx does not run")?.end(LIMIT).await
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // Killed, the master would leave its workers. It needs a moment to end them.
        if let Some(process) = &self.0
            && process.signal(Signal::TERM).is_ok()
        {
            std::thread::sleep(MOMENT);
        }
    }
}

/// A dead replica costs a request one attempt, and no replica is taken out of service because of a slow answer.
fn configuration(folder: &Path, public: SocketAddr, replicas: [SocketAddr; 2]) -> String {
    let servers: String = replicas.iter().map(|replica| format!("server {replica} max_fails=0; ")).collect();
    let path = folder.display();
    format!(
        "daemon off; worker_processes 1; pid {path}/nginx.pid; error_log stderr;\n\
         events {{ worker_connections 4096; }}\n\
         http {{\n  access_log off;\n  client_body_temp_path {path}/body; proxy_temp_path {path}/proxy; \
         fastcgi_temp_path {path}/fastcgi; uwsgi_temp_path {path}/uwsgi; scgi_temp_path {path}/scgi;\n  \
         upstream replicas {{ {servers}}}\n  \
         server {{\n    listen {public} backlog=1024;\n    location / {{\n      proxy_pass http://replicas;\n      \
         proxy_next_upstream error timeout;\n      proxy_read_timeout 30s;\n      proxy_buffering off;\n      \
         add_header {REPLICA_HEADER} $upstream_addr always;\n      \
         proxy_set_header Host $http_host;\n    }}\n  }}\n}}\n"
    )
}

/// Names the replicas that have received the request. The last one has answered.
pub(crate) const REPLICA_HEADER: &str = "X-Replica";
const LIMIT: Duration = Duration::from_secs(30);
const MOMENT: Duration = Duration::from_millis(300);
