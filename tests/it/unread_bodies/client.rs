//! A client that sends its whole request before it reads, and keeps its connection.

use std::io;
use std::net::SocketAddr;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

/// Sends requests one after the other on one connection, until the server says that it closes it.
pub(super) struct KeepAlive {
    server: SocketAddr,
    connection: Option<BufReader<TcpStream>>,
}

/// The status of a response, and whether the connection stays open after it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) keeps: bool,
}

impl KeepAlive {
    pub(super) fn new(server: SocketAddr) -> Self {
        Self { server, connection: None }
    }

    /// Sends a request with `lines` as its further header lines, each with its line end.
    pub(super) async fn post(&mut self, path: &str, lines: &str, body: &[u8]) -> io::Result<Answer> {
        let mut connection = if let Some(connection) = self.connection.take() {
            connection
        } else {
            let stream = TcpStream::connect(self.server).await?;
            // The head and the body are written one after the other: the second would wait for the server.
            stream.set_nodelay(true)?;
            BufReader::new(stream)
        };
        let head = format!("POST {path} HTTP/1.1\r\nhost: api.example.com\r\n{lines}\r\n");
        connection.write_all(head.as_bytes()).await?;
        connection.write_all(body).await?;
        let answer = read(&mut connection).await?;
        self.connection = answer.keeps.then_some(connection);
        Ok(answer)
    }
}

/// Reads one response.
pub(super) async fn read(connection: &mut BufReader<TcpStream>) -> io::Result<Answer> {
    let (mut answer, mut length) = (Answer { status: 0, keeps: true }, 0);
    loop {
        let mut line = String::new();
        if connection.read_line(&mut line).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let line = line.trim_end().to_ascii_lowercase();
        if let Some(status) = line.strip_prefix("http/1.1 ") {
            answer.status = status.split(' ').next().unwrap().parse().map_err(io::Error::other)?;
        } else if let Some(value) = line.strip_prefix("content-length: ") {
            length = value.parse().map_err(io::Error::other)?;
        } else if line == "connection: close" {
            answer.keeps = false;
        } else if line.is_empty() {
            break;
        }
    }
    connection.read_exact(&mut vec![0; length]).await?;
    Ok(answer)
}
